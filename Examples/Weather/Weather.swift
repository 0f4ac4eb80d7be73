import AgentServer

/// An agent that calls a tool of its own, and shows what the call's context is for.
@main
struct Weather: ResponsesAgent {
    func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
        let city = request.lastUserText
        guard !city.isEmpty else { throw AgentError("Which city?", status: 400) }

        let arguments: JSON = ["city": .string(city)]
        let call = try await response.functionCall(name: "forecast", arguments: arguments.description)
        let forecast = try await forecast(for: city)
        try await response.functionCallOutput(callID: call, output: forecast)

        for word in ["In ", city, " it is ", forecast, "."] {
            try await response.text(word)
        }
        try await response.usage(Usage(inputTokens: 1, outputTokens: 5))
    }

    /// Stands for a service that is called with the user's own token.
    private func forecast(for city: String) async throws -> String {
        let token = AgentContext.current?.headers.forwardedAccessToken
        return token == nil ? "sunny" : "sunny, and warm enough for you"
    }
}
