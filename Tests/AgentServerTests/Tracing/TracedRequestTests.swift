import AgentJSON
import Testing

@testable import AgentServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("A request as MLflow shows it")
struct TracedRequestTests {
    /// What MLflow's own server recorded.
    private static var golden: [JSON] {
        get throws {
            let path = #filePath.replacing("Tests/AgentServerTests/Tracing/TracedRequestTests.swift", with: "")
            let bytes = try #require(
                TextFile.read(path + "Conformance/tracing/golden/request_inputs.json", limit: 1 << 20))
            return try #require(try JSON(parsing: bytes).arrayValue)
        }
    }

    @Test("has the fields of MLflow's models in their order, on both paths")
    func recorded() throws {
        var count = 0
        for pair in try Self.golden {
            guard let body = pair["body"]?.objectValue, let inputs = pair["span_inputs"]?.stringValue else { continue }
            count += 1
            let request = try MLflowValidation.request(body)
            #expect(text(TracedRequest.inputs(request)) == inputs)
            #expect(text(TracedRequest.inputs(ofStandard: body, keepsExtras: false)) == inputs)
        }
        #expect(count >= 12)
    }

    @Test("of another path says what MLflow does not know after the rest")
    func extras() {
        let body: JSONObject = [
            "model": "gpt-x", "input": "hi", "stream": true, "instructions": "be brief", "temperature": 1,
            "previous_response_id": "resp_1",
        ]
        let inputs = text(TracedRequest.inputs(ofStandard: body, keepsExtras: true))
        #expect(
            inputs.hasSuffix(
                #""input": [{"status": null, "content": "hi", "role": "user", "type": "message"}], "custom_inputs": null, "#
                    + #""context": null, "model": "gpt-x", "instructions": "be brief", "previous_response_id": "resp_1"}"#
            )
        )
        #expect(inputs.contains(#""stream": null, "temperature": 1.0,"#))
    }

    @Test("may hold what MLflow's rules do not take")
    func unknownItems() {
        let body: JSONObject = [
            "input": [
                ["type": "mcp_list_tools", "id": "x", "server_label": "s", "tools": []],
                [
                    "role": "user", "id": "m1",
                    "content": [
                        ["type": "input_text", "text": "a", "extra": 1], ["type": "input_video", "video_url": "u"],
                    ],
                ],
            ],
            "top_p": 1,
        ]
        let inputs = TracedRequest.inputs(ofStandard: body, keepsExtras: true)
        #expect(inputs["input"]?[0] == ["type": "mcp_list_tools", "id": "x", "server_label": "s", "tools": []])
        #expect(
            inputs["input"].map(text)
                == #"[{"type": "mcp_list_tools", "id": "x", "server_label": "s", "tools": []}, {"status": null, "content": "#
                + #"[{"text": "a", "type": "input_text"}, {"type": "input_video", "video_url": "u"}], "role": "user", "type": "#
                + #""message"}]"#
        )
    }

    private func text(_ value: JSON) -> String { String(decoding: value.encoded(as: .mlflowTrace), as: UTF8.self) }
}
