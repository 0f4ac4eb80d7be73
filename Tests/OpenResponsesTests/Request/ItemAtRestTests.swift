import AgentJSON
import OpenResponses
import Testing

@Suite("Items at rest")
struct ItemAtRestTests {
    private func normalised(_ text: String) throws -> Item {
        var count = 0
        return Item(try RequestTesting.object(text)).normalised { prefix in
            count += 1
            return "\(prefix)\(count)"
        }
    }

    @Test(
        "have all that the standard requires",
        arguments: [
            (
                #"{"role": "user", "content": "x"}"#,
                #"""
                {"id": "msg_1", "type": "message", "status": "completed", "role": "user",
                 "content": [{"type": "input_text", "text": "x"}]}
                """#
            ),
            (
                #"{"type": "message", "role": "user", "content": "x", "phase": 5}"#,
                #"""
                {"id": "msg_1", "type": "message", "status": "completed", "role": "user",
                 "content": [{"type": "input_text", "text": "x"}]}
                """#
            ),
            (
                #"{"type": "message", "role": "assistant", "content": "x", "phase": "final_answer", "status": "odd"}"#,
                #"""
                {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "phase": "final_answer",
                 "content": [{"type": "output_text", "text": "x", "annotations": []}]}
                """#
            ),
            (
                #"""
                {"type": "message", "id": "", "role": "assistant", "phase": null, "status": "incomplete", "content": [
                  {"type": "output_text", "text": "äx", "logprobs": null, "annotations": [
                    {"type": "url_citation", "url": "u"}, {"type": "file_path", "file_id": "f"}]},
                  {"type": "refusal", "refusal": "no"}]}
                """#,
                #"""
                {"type": "message", "id": "msg_1", "role": "assistant", "status": "incomplete", "content": [
                  {"type": "output_text", "text": "äx", "annotations": [
                    {"type": "url_citation", "url": "u", "start_index": 0, "end_index": 2, "title": ""},
                    {"type": "file_path", "file_id": "f"}]},
                  {"type": "refusal", "refusal": "no"}]}
                """#
            ),
            // Log probabilities are looked at here alone: clients may send what they like under that name.
            (
                #"""
                {"type": "message", "role": "assistant", "content": [
                  {"type": "output_text", "text": "a", "annotations": [], "logprobs": "odd"},
                  {"type": "output_text", "text": "b", "annotations": [], "logprobs": [
                    5, {"token": "b"}, {"token": "b", "logprob": "-1"},
                    {"token": "b", "logprob": -1, "bytes": [98.5], "top_logprobs": [
                      {"token": "c", "logprob": -2}, {"logprob": -2, "bytes": []}]},
                    {"token": "b", "logprob": -1, "bytes": [98], "top_logprobs": []}]},
                  {"type": "output_text", "text": "c", "annotations": [
                    {"type": "url_citation", "url": "u", "title": "t", "start_index": 0.0, "end_index": 1e0}]}]}
                """#,
                #"""
                {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [
                  {"type": "output_text", "text": "a", "annotations": []},
                  {"type": "output_text", "text": "b", "annotations": [], "logprobs": [
                    {"token": "b", "logprob": -1, "bytes": [98], "top_logprobs": [
                      {"token": "c", "logprob": -2, "bytes": [99]}]},
                    {"token": "b", "logprob": -1, "bytes": [98], "top_logprobs": []}]},
                  {"type": "output_text", "text": "c", "annotations": [
                    {"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 1}]}]}
                """#
            ),
            (
                #"""
                {"type": "message", "id": "own", "role": "user", "status": null, "x_unknown": null, "content": [
                  {"type": "input_image"}, {"type": "input_image", "image_url": "u", "detail": null},
                  {"type": "input_file", "filename": null, "file_url": null, "file_data": "d"},
                  {"type": "acme:map", "zoom": null}]}
                """#,
                #"""
                {"type": "message", "id": "own", "role": "user", "status": "completed", "x_unknown": null, "content": [
                  {"type": "input_image", "image_url": null, "detail": "auto"},
                  {"type": "input_image", "image_url": "u", "detail": "auto"},
                  {"type": "input_file", "file_data": "d"}, {"type": "acme:map", "zoom": null}]}
                """#
            ),
            (
                #"{"type": "function_call", "id": null, "call_id": "c", "name": "f", "arguments": "{}"}"#,
                #"""
                {"type": "function_call", "id": "fc_1", "status": "completed", "call_id": "c", "name": "f",
                 "arguments": "{}"}
                """#
            ),
            (
                #"{"type": "function_call_output", "call_id": "c", "output": "o"}"#,
                #"{"type": "function_call_output", "id": "fco_1", "status": "completed", "call_id": "c", "output": "o"}"#
            ),
            (
                #"{"type": "function_call_output", "call_id": "c", "output": [{"type": "input_image"}]}"#,
                #"""
                {"type": "function_call_output", "id": "fco_1", "status": "completed", "call_id": "c",
                 "output": [{"type": "input_image", "image_url": null, "detail": "auto"}]}
                """#
            ),
            (
                #"{"type": "reasoning", "content": null, "encrypted_content": null}"#,
                #"{"type": "reasoning", "id": "rs_1", "status": "completed", "summary": []}"#
            ),
            (
                #"{"type": "compaction", "encrypted_content": "e"}"#,
                #"{"type": "compaction", "id": "cmp_1", "status": "completed", "encrypted_content": "e"}"#
            ),
            (
                #"{"type": "acme:telemetry", "value": null}"#,
                #"{"type": "acme:telemetry", "id": "item_1", "status": "completed", "value": null}"#
            ),
            (
                #"{"type": "mcp_call", "id": "mcp_9", "status": "failed"}"#,
                #"{"type": "mcp_call", "id": "mcp_9", "status": "failed"}"#
            ),
            (#"{"type": "item_reference", "id": "msg_9"}"#, #"{"type": "item_reference", "id": "msg_9"}"#),
        ])
    func complete(sent: String, kept: String) throws {
        let item = try normalised(sent)
        #expect(item == Item(try RequestTesting.object(kept)))
        // What is complete stays as it is, and may be sent again.
        #expect(item.normalised { _ in "another" } == item)
        #expect(try CreateRequest(["input": [.object(item.json)]]).input == [item])
    }

    @Test("are also what an agent's items become, and come back as input")
    func agentItems() throws {
        let items: [Item] = [
            .message("a", id: "msg_1", annotations: [["type": "url_citation", "url": "u", "title": "t"]]),
            .functionCall(name: "f", arguments: "{}", callID: "c", id: "fc_1"),
            .functionCallOutput(callID: "c", output: "o"), .reasoning(summary: "s", id: "rs_1"),
        ]
        for item in items {
            let kept = item.normalised { "\($0)new" }
            #expect(kept.id == item.id ?? "fco_new")
            #expect(kept.json["status"] == "completed")
            #expect(kept.text == item.text)
            #expect(try CreateRequest(["input": [.object(item.json), .object(kept.json)]]).input == [item, kept])
        }
    }

    @Test(
        "answer calls that came before",
        arguments: [
            (#"[]"#, #"[{"role": "user", "content": "x"}]"#, nil),
            (
                #"[{"type": "function_call", "call_id": "a"}]"#, #"[{"type": "function_call_output", "call_id": "a"}]"#,
                nil
            ),
            (
                "[]",
                #"[{"type": "function_call", "call_id": "a"}, {"type": "function_call_output", "call_id": "a"}]"#, nil
            ),
            (
                "[]",
                #"[{"type": "function_call_output", "call_id": "a"}, {"type": "function_call", "call_id": "a"}]"#, 0
            ),
            (
                #"[{"type": "function_call", "call_id": "a"}]"#,
                #"""
                [{"role": "user", "content": "x"}, {"type": "function_call_output", "call_id": "a"},
                 {"type": "function_call_output", "call_id": "b"}, {"type": "function_call_output", "call_id": "c"}]
                """#, 2
            ),
            // An output in the context is no call, and other kinds of output are not looked at.
            (
                #"[{"type": "function_call_output", "call_id": "a"}]"#,
                #"[{"type": "function_call_output", "call_id": "a"}]"#, 0
            ),
            ("[]", #"[{"type": "custom_tool_call_output", "call_id": "a"}]"#, nil),
        ] as [(String, String, Int?)])
    func orphans(context: String, new: String, position: Int?) throws {
        let found = Item.orphanOutput(in: try RequestTesting.items(new), context: try RequestTesting.items(context))
        #expect(found == position)
    }
}

@Suite("Known types")
struct KnownTypesTests {
    @Test("tell the standard's, OpenAI's and everybody else's apart")
    func types() {
        #expect(KnownTypes.isStandardItem("message") && !KnownTypes.isItem("message"))
        #expect(KnownTypes.isItem("mcp_approval_request") && !KnownTypes.isStandardItem("mcp_approval_request"))
        #expect(KnownTypes.isStandardEvent("response.reasoning.delta"))
        #expect(!KnownTypes.isEvent("response.reasoning.delta"))
        #expect(KnownTypes.isEvent("response.mcp_call.in_progress"))
        #expect(!KnownTypes.isEvent("response.nope") && !KnownTypes.isItem("nope"))
        let longest = "acme:" + String(repeating: "x", count: KnownTypes.extensionLimit - 5)
        for type in ["acme:x", "a.b-C_9:x:y.z_-1", longest] { #expect(KnownTypes.isExtension(type)) }
        for type in ["", ":", ":x", "x:", "x", "ä:x", "a b:x", "m: ", "m:x\n", "m:x\r", "m:\0", "m:ä", longest + "x"] {
            #expect(!KnownTypes.isExtension(type))
        }
    }
}
