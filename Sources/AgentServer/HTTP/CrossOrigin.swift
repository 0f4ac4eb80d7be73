package import HTTPTypes

/// Cross-origin requests from browsers: only from origins that were named, none by default.
package struct CrossOrigin: Sendable {
    private let origins: Set<String>

    /// - Parameter origins: `https://app.example` for example; `*` names all.
    package init(origins: [String]) {
        self.origins = Set(origins.map { $0.lowercased() })
    }

    /// The origin of a request, where it may read answers.
    package func origin(of request: ServerRequest) -> String? {
        guard !origins.isEmpty, let origin = request.headers.first(of: .origin) else { return nil }
        return origins.contains("*") || origins.contains(origin.lowercased()) ? origin : nil
    }

    /// The answer to a browser's question whether a request would be taken; `nil` where this is none.
    package func preflight(_ request: ServerRequest, from origin: String) -> Reply? {
        guard request.isPreflight else { return nil }
        var headers: HTTPFields = [
            .accessControlAllowMethods: "GET, POST, DELETE, OPTIONS",
            .accessControlMaxAge: "600",
        ]
        headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders]
        allow(origin, in: &headers)
        return .empty(status: 204, headers: headers)
    }

    /// Lets a browser hand the answer to the page.
    package func allow(_ origin: String, in headers: inout HTTPFields) {
        for field in fields(for: origin) {
            if field.name != .vary { headers[field.name] = nil }
            headers.append(field)
        }
    }

    /// The headers that let a browser hand the answer to the page. An answer may have others of the name `vary`.
    func fields(for origin: String) -> [HTTPField] {
        [
            HTTPField(name: .accessControlAllowOrigin, value: origin),
            HTTPField(name: .accessControlExposeHeaders, value: "x-request-id"),
            HTTPField(name: .vary, value: "origin"),
        ]
    }
}

extension ServerRequest {
    /// Whether a browser asks if a request would be taken.
    var isPreflight: Bool { method == .options && headers.contains(.accessControlRequestMethod) }
}
