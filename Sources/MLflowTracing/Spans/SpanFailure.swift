/// What a span failed with, as MLflow tells it.
package struct SpanFailure: Sendable {
    /// The name of the error's type.
    package var type: String
    /// Its text.
    package var message: String

    package init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    package init(_ error: any Error) {
        self.init(type: String(describing: Swift.type(of: error)), message: "\(error)")
    }

    /// The status message of a span.
    package var status: String { "\(type): \(message)" }
}
