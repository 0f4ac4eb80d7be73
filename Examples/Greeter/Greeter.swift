import AgentServer

/// The smallest agent.
@main
struct Greeter: ResponsesAgent {
    func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
        try await response.text("Hello, \(request.lastUserText)")
    }
}
