import AgentServer

/// An agent made of a closure.
struct ClosureAgent: ResponsesAgent {
    var name = "closure"
    var execution = AgentExecution.pool
    var body: @Sendable (AgentRequest, ResponseWriter) async throws -> Void

    init(
        execution: AgentExecution = .pool,
        _ body: @escaping @Sendable (AgentRequest, ResponseWriter) async throws -> Void
    ) {
        self.execution = execution
        self.body = body
    }

    init() {
        self.init { request, response in try await response.text("Hello, \(request.lastUserText)") }
    }

    func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
        try await body(request, response)
    }
}

/// A request with one message of the user.
func userMessage(_ text: String) -> JSON {
    ["input": [["role": "user", "content": .string(text)]]]
}
