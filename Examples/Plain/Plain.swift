import AgentServer

/// A plain agent in MLflow's form: any JSON object in, any out, with types of its own.
@main
enum Plain {
    struct Question: Decodable, Sendable {
        var a: Double
        var b: Double
    }

    struct Answer: Encodable, Sendable {
        var sum: Double
    }

    static func main() async throws {
        let server = AgentServer()
        try server.invoke("add") { (question: Question) in
            Answer(sum: question.a + question.b)
        }
        try server.stream("count") { (request: JSON, events: EventWriter) in
            for number in 1...(request["to"]?.intValue ?? 3) {
                try await events.send(["number": number])
            }
        }
        try await server.run()
    }
}
