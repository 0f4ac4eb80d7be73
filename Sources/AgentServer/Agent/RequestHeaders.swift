package import HTTPTypes

/// The headers of the request that a call came with.
///
/// Names are found in any case. Of a header that was sent several times, the first value counts, as in MLflow.
public struct RequestHeaders: Sendable {
    package var fields: HTTPFields

    package init(fields: HTTPFields) {
        self.fields = fields
    }

    /// Headers by name, for tests.
    public init(_ headers: [String: String] = [:]) {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        self.fields = fields
    }

    /// The first value of a header; `nil` where it was not sent.
    public subscript(name: String) -> String? {
        HTTPField.Name(name).flatMap { fields.first(of: $0) }
    }

    /// All values of a header, in order.
    public func values(of name: String) -> [String] {
        HTTPField.Name(name).map { fields[values: $0] } ?? []
    }

    /// The user's own token, which Databricks Apps puts into `x-forwarded-access-token`.
    public var forwardedAccessToken: String? { self["x-forwarded-access-token"] }
}

extension RequestHeaders: ExpressibleByDictionaryLiteral {
    /// Headers by name, for tests.
    public init(dictionaryLiteral headers: (String, String)...) {
        self.init(Dictionary(headers) { first, _ in first })
    }
}
