extension ServerDescription {
    /// The forms in which errors are told: a path has one of them.
    enum FailureForm: Sendable {
        /// MLflow's: `{"detail": "…"}`.
        case mlflow
        /// That of Open Responses, with MLflow's beside it.
        case openResponses

        /// An answer of this form.
        func answer(
            _ status: Int, _ description: String, headers: KeyValuePairs<String, Schema> = [:]
        ) -> Operation.Answer {
            let schema = self == .mlflow ? "ErrorDetail" : "ErrorAnswer"
            return Operation.Answer(
                status: status, description: description, headers: headers, content: [.json(.reference(schema))]
            )
        }

        /// Too many calls for now.
        var tooMany: Operation.Answer {
            answer(
                429, "Too many requests, of the client or of the agent to its model.",
                headers: ["Retry-After": Self.retryAfter]
            )
        }

        /// No place for a further call.
        var busy: Operation.Answer {
            answer(
                503, "Too many calls at once, or the server is about to stop.",
                headers: ["Retry-After": Self.retryAfter]
            )
        }

        /// Nothing that is stored can be had.
        var storeUnavailable: Operation.Answer {
            answer(
                503, "What is stored is not available now.", headers: ["Retry-After": Self.retryAfter]
            )
        }

        private static let retryAfter = Schema.text("Seconds after which to try again.")
    }
}
