import AgentServer

extension AgentError {
    /// What a client learns of a failure of the model.
    init(_ failure: ModelFailure) {
        let retryAfter = failure.retryAfter.map { max(1, Int(($0 / .seconds(1)).rounded(.up))) }
        switch failure.kind {
        case .unsupported:
            self.init(failure.message, status: 400, code: failure.code ?? "unsupported_value", cause: failure)
        case _ where failure.code == "context_length_exceeded":
            self.init(failure.message, status: 400, code: "context_length_exceeded", cause: failure)
        case .status(429):
            self.init(
                "The model: \(failure.message)", status: 429, code: "rate_limit_exceeded",
                retryAfter: retryAfter ?? 1, cause: failure
            )
        case .overloaded:
            self.init(failure.message, status: 503, code: "overloaded", retryAfter: retryAfter ?? 1, cause: failure)
        case .status(let status) where status == 401 || status == 403:
            // Its words may tell of the key.
            self.init("The model refused this server's key (\(status))", code: "model_error", cause: failure)
        case .status(let status):
            self.init("The model refused (\(status)): \(failure.message)", code: "model_error", cause: failure)
        case .unreachable:
            // Where it is, is nobody's business.
            let isLate = failure.code == ModelFailure.timeout
            self.init(
                isLate ? "The model did not answer in time" : "The model cannot be reached", code: "model_error",
                cause: failure
            )
        case .broken:
            self.init("The model's answer broke off: \(failure.message)", code: "model_error", cause: failure)
        case .malformed:
            self.init("The model's answer cannot be read: \(failure.message)", code: "model_error", cause: failure)
        case .reported:
            self.init("The model reported an error: \(failure.message)", code: "model_error", cause: failure)
        }
    }
}
