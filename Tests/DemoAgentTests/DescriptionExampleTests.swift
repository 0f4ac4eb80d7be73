import AgentJSON
import AgentServer
import AgentServerTesting
import DemoAgent
import Testing

@Suite("What /openapi.json says")
struct DescriptionExampleTests {
    private let server = TestAgentServer(DemoAgent())

    @Test("has examples that its own schemas allow")
    func examples() async throws {
        let document = await server.send("GET", "/openapi.json").json
        let validator = SchemaValidator(root: document)
        var count = 0
        for operation in try operations(of: document) {
            var contents = [operation.entry["requestBody"]?["content"] ?? [:]]
            contents += (operation.entry["responses"]?.objectValue ?? [:]).map { $0.value["content"] ?? [:] }
            for content in contents {
                for (_, media) in content.objectValue ?? [:] {
                    let schema = try #require(media["schema"])
                    for (name, example) in media["examples"]?.objectValue ?? [:] {
                        let faults = validator.faults(of: try #require(example["value"]), schema)
                        #expect(faults == [], "\(operation.path): \(name)")
                        count += 1
                    }
                }
            }
        }
        #expect(count > 30)
    }

    @Test("has requests to try that the server takes, and describes its answers")
    func requests() async throws {
        let document = await server.send("GET", "/openapi.json").json
        let validator = SchemaValidator(root: document)
        for operation in try operations(of: document) where operation.path.contains("/responses") {
            let content = operation.entry["requestBody"]?["content"]?["application/json"]
            for (name, example) in content?["examples"]?.objectValue ?? [:] {
                let body = try #require(example["value"])
                let answer = await server.send(operation.method, operation.path, body: body.encoded())
                #expect(answer.status == 200, "\(operation.path): \(name)")
                let described = operation.entry["responses"]?["200"]?["content"]
                if body["stream"] == true {
                    #expect(answer.isDone)
                    let schema: JSON = ["$ref": "#/components/schemas/ResponseEvent"]
                    for event in answer.events { #expect(validator.faults(of: event, schema) == [], "\(name)") }
                    #expect(answer.events.last?["type"] == "response.completed")
                } else {
                    let schema = try #require(described?["application/json"]?["schema"])
                    #expect(validator.faults(of: answer.json, schema) == [], "\(operation.path): \(name)")
                }
            }
        }
    }

    @Test(
        "describes the answers to requests that are refused",
        arguments: [
            ("POST", "/responses", #"{"input": 1}"#, 400), ("POST", "/responses", "", 400),
            ("POST", "/responses", #"{"input": "a", "conversation": "conv_0"}"#, 404),
            ("POST", "/responses/compact", "{}", 400), ("POST", "/responses/input_tokens", "[]", 400),
            ("GET", "/responses/resp_0", "", 404), ("GET", "/responses/resp_0?stream=x", "", 400),
            ("DELETE", "/responses/resp_0", "", 404), ("POST", "/responses/resp_0/cancel", "", 404),
            ("GET", "/responses/resp_0/input_items?limit=0", "", 400), ("GET", "/conversations/conv_0", "", 404),
            ("GET", "/models/nobody", "", 404),
        ]
    )
    func refusals(method: String, target: String, body: String, status: Int) async throws {
        let answer = await server.send(method, target, body: Array(body.utf8))
        #expect(answer.status == status)
        let document = await server.send("GET", "/openapi.json").json
        let path = target.split(separator: "?")[0]
            .replacing("resp_0", with: "{response_id}").replacing("conv_0", with: "{conversation_id}")
            .replacing("nobody", with: "{model}")
        let described = document["paths"]?[String(path)]?[method.lowercased()]?["responses"]?["\(status)"]
        let schema = try #require(described?["content"]?["application/json"]?["schema"])
        #expect(SchemaValidator(root: document).faults(of: answer.json, schema) == [])
    }

    private struct Operation {
        var path: String
        var method: String
        var entry: JSON
    }

    private func operations(of document: JSON) throws -> [Operation] {
        try #require(document["paths"]?.objectValue).flatMap { path, item in
            (item.objectValue ?? [:]).map { method, entry in
                Operation(path: path, method: method.uppercased(), entry: entry)
            }
        }
    }
}
