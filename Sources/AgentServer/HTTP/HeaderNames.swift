package import HTTPTypes

extension HTTPField.Name {
    // Each literal is a valid token, so none of these is ever nil.
    package static let requestID = HTTPField.Name("x-request-id")!
    package static let forwardedProto = HTTPField.Name("x-forwarded-proto")!
    package static let forwardedUser = HTTPField.Name("x-forwarded-user")!
    package static let forwardedEmail = HTTPField.Name("x-forwarded-email")!
    package static let accelBuffering = HTTPField.Name("x-accel-buffering")!
    package static let shouldRetry = HTTPField.Name("x-should-retry")!
    package static let traceParent = HTTPField.Name("traceparent")!
    package static let returnTraceID = HTTPField.Name("x-mlflow-return-trace-id")!
}

extension HTTPFields {
    /// The first value of a header. The subscript would join several, and copies even a single one.
    package func first(of name: HTTPField.Name) -> String? {
        first { $0.name == name }?.value
    }
}
