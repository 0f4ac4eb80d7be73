import AgentJSON
import OpenResponses
import Testing

@Suite("Items of the input")
struct InputItemTests {
    @Test(
        "are taken as they were sent",
        arguments: [
            #"{"type": "message", "role": "user", "content": "x", "x_unknown": 1}"#,
            #"{"type": "message", "role": "system", "content": "s", "id": null, "status": null}"#,
            #"{"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "d"}]}"#,
            #"{"type": "message", "role": "assistant", "phase": "commentary", "content": "thinking"}"#,
            // Agents may give out the like.
            #"{"type": "message", "role": "user", "content": [{"type": "text", "text": "x"}]}"#,
            #"{"type": "message", "role": "user", "content": [{"type": "output_text", "text": "x"}]}"#,
            #"{"type": "message", "role": "user", "content": [{"type": "input_video", "video_url": "x"}]}"#,
            #"{"type": "message", "role": "system", "content": [{"type": "input_image"}]}"#,
            #"{"type": "message", "role": "assistant", "content": [{"type": "input_text", "text": "x"}]}"#,
            #"{"type": "message", "role": "assistant", "content": [{"type": "reasoning_text", "text": "x"}]}"#,
            #"{"type": "function_call", "call_id": "c", "name": "main.default.weather", "arguments": "{}"}"#,
            #"""
            {"type": "message", "id": "msg_1", "role": "assistant", "content": [
              {"type": "input_image", "file_id": "file_1"}]}
            """#,
            #"""
            {"type": "message", "role": "user", "content": [
              {"type": "input_text", "text": "t"},
              {"type": "input_image", "image_url": "data:image/png;base64,AA=="},
              {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "low", "file_id": null},
              {"type": "input_file", "filename": "a.txt", "file_data": "data:text/plain;base64,aGk="},
              {"type": "input_file", "file_url": "https://example.com/a.pdf", "filename": null},
              {"type": "acme:map", "zoom": 3}]}
            """#,
            #"""
            {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "phase": null, "content": [
              {"type": "output_text", "text": "t", "logprobs": [], "parsed": {"a": 1}, "annotations": [
                {"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 1},
                {"type": "url_citation", "url": "u", "title": "t"}, {"type": "file_citation", "file_id": "f"}]},
              {"type": "refusal", "refusal": "no"}]}
            """#,
            #"""
            {"type": "function_call", "id": "fc_1", "status": "completed", "call_id": "c", "name": "get_it-2",
             "arguments": "{}", "parsed_arguments": {}}
            """#,
            #"{"type": "function_call", "call_id": "c", "name": "f", "arguments": "no JSON"}"#,
            #"{"type": "function_call_output", "call_id": "c", "output": "x", "id": null, "status": null}"#,
            #"""
            {"type": "function_call_output", "call_id": "c", "output": [
              {"type": "input_text", "text": "t"}, {"type": "input_image"},
              {"type": "input_video", "video_url": "https://example.com/a.mp4"}]}
            """#,
            #"{"type": "reasoning", "id": "rs_1", "summary": [], "content": null, "encrypted_content": null}"#,
            #"{"type": "reasoning"}"#,
            #"""
            {"type": "reasoning", "id": "rs_1", "status": "completed", "encrypted_content": "x",
             "summary": [{"type": "summary_text", "text": "s"}], "content": [{"type": "reasoning_text", "text": "t"}]}
            """#,
            #"{"type": "compaction", "id": "cmp_1", "encrypted_content": "x"}"#,
            #"{"type": "item_reference", "id": "msg_1"}"#,
            #"{"type": "acme:telemetry"}"#, #"{"type": "acme:telemetry", "id": 5}"#,
            #"{"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search"}}"#,
            #"{"type": "mcp_approval_response", "approval_request_id": "r", "approve": true}"#,
            #"{"type": "custom_tool_call_output", "call_id": "c", "output": "o"}"#,
        ])
    func accepted(text: String) throws {
        let item = Item(try RequestTesting.object(text))
        #expect(try RequestTesting.request(#"{"input": [\#(text)]}"#).input == [item])
    }

    @Test("may be a compaction of any length where it holds a whole conversation")
    func longCompaction() throws {
        let long = String(repeating: "x", count: 10_485_760)
        func item(_ content: String) -> String { #"{"type": "compaction", "encrypted_content": "\#(content)"}"# }
        #expect(try RequestTesting.request(#"{"input": [\#(item("asc1." + long))]}"#).input.count == 1)
        #expect(try RequestTesting.request(#"{"input": [\#(item(long))]}"#).input.count == 1)
        #expect(
            try RequestTesting.fault(ofItem: item(long + "x")) == "invalid_value at input[0].encrypted_content"
        )
    }

    @Test(
        "may leave out the type of a message or a reference",
        arguments: [
            (#"{"role": "user", "content": "x"}"#, #"{"type": "message", "role": "user", "content": "x"}"#),
            (
                #"{"type": null, "role": "user", "content": "x"}"#,
                #"{"type": "message", "role": "user", "content": "x"}"#
            ),
            (#"{"id": "msg_1"}"#, #"{"type": "item_reference", "id": "msg_1"}"#),
            (#"{"id": "msg_1", "type": null}"#, #"{"type": "item_reference", "id": "msg_1"}"#),
        ])
    func typeless(sent: String, read: String) throws {
        let items = try RequestTesting.request(#"{"input": [\#(sent)]}"#).input
        #expect(items == [Item(try RequestTesting.object(read))])
        #expect(items[0].json.count == Set(items[0].json.keys).count)
    }

    @Test(
        "are refused with the place of what is wrong",
        arguments: [
            ("1", ""), (#""x""#, ""), (#"{"type": 1}"#, ".type"), (#"{"type": "nope"}"#, ".type"),
            (#"{"type": ":nope"}"#, ".type"), (#"{"type": "nope:"}"#, ".type"), (#"{"type": "no pe:x"}"#, ".type"),
            (#"{"type": "compaction_trigger"}"#, ".type"),
            (#"{"type": "message", "role": "alien", "content": "x"}"#, ".role"),
            (#"{"type": "message", "role": "tool", "content": "x"}"#, ".role"),
            (#"{"type": "message", "role": 1, "content": "x"}"#, ".role"),
            (#"{"role": "user", "content": 1}"#, ".content"),
            (#"{"role": "user", "content": {"type": "input_text", "text": "t"}}"#, ".content"),
            (#"{"role": "user", "content": ["x"]}"#, ".content[0]"),
            (#"{"role": "user", "content": [{"type": "nope"}]}"#, ".content[0].type"),
            (
                #"{"role": "user", "content": [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": 1}]}"#,
                ".content[1].text"
            ),
            (#"{"role": "user", "content": [{"type": "input_image", "detail": "vivid"}]}"#, ".content[0].detail"),
            (#"{"role": "user", "content": [{"type": "input_image", "image_url": {}}]}"#, ".content[0].image_url"),
            (#"{"role": "user", "content": [{"type": "input_file", "file_data": 1}]}"#, ".content[0].file_data"),
            (#"{"role": "user", "content": "x", "id": 1}"#, ".id"),
            (#"{"role": "user", "content": "x", "status": 1}"#, ".status"),
            (#"{"role": "assistant", "content": "x", "phase": "dawn"}"#, ".phase"),
            (
                #"{"role": "assistant", "content": [{"type": "output_text", "text": "x", "annotations": [1]}]}"#,
                ".content[0].annotations[0]"
            ),
            (
                #"""
                {"role": "assistant", "content": [{"type": "output_text", "text": "x", "annotations": [
                  {"type": "url_citation", "start_index": -1}]}]}
                """#,
                ".content[0].annotations[0].start_index"
            ),
            (#"{"type": "function_call", "call_id": "", "name": "f", "arguments": ""}"#, ".call_id"),
            (#"{"type": "function_call", "call_id": "c", "name": "", "arguments": ""}"#, ".name"),
            (#"{"type": "function_call", "call_id": "c", "name": "f", "arguments": {}}"#, ".arguments"),
            (#"{"type": "function_call", "call_id": "c", "name": "f", "arguments": "", "status": "no"}"#, ".status"),
            (#"{"type": "function_call_output", "call_id": "c", "output": {}}"#, ".output"),
            (
                #"{"type": "function_call_output", "call_id": "c", "output": [{"type": "output_text", "text": ""}]}"#,
                ".output[0].type"
            ),
            (#"{"type": "reasoning", "summary": "s"}"#, ".summary"),
            (#"{"type": "reasoning", "summary": [{"type": "refusal", "refusal": "s"}]}"#, ".summary[0].type"),
            (#"{"type": "reasoning", "content": [{"type": "reasoning_text", "text": 1}]}"#, ".content[0].text"),
            (#"{"type": "reasoning", "encrypted_content": {}}"#, ".encrypted_content"),
            (#"{"type": "item_reference", "id": 1}"#, ".id"), (#"{"type": "web_search_call", "id": 1}"#, ".id"),
        ])
    func refused(item: String, place: String) throws {
        #expect(try RequestTesting.fault(ofItem: item) == "invalid_value at input[0]\(place)")
    }

    @Test(
        "are refused when something is missing",
        arguments: [
            ("{}", ".type"), (#"{"content": "x"}"#, ".type"), (#"{"type": "message", "content": "x"}"#, ".role"),
            (#"{"role": "user"}"#, ".content"), (#"{"role": "assistant", "content": null}"#, ".content"),
            (#"{"role": "user", "content": [{}]}"#, ".content[0].type"),
            (#"{"role": "user", "content": [{"type": "input_text"}]}"#, ".content[0].text"),
            (#"{"role": "assistant", "content": [{"type": "refusal"}]}"#, ".content[0].refusal"),
            (#"{"type": "function_call", "call_id": "c", "name": "f"}"#, ".arguments"),
            (#"{"type": "function_call", "call_id": "c", "arguments": ""}"#, ".name"),
            (#"{"type": "function_call", "name": "f", "arguments": ""}"#, ".call_id"),
            (#"{"type": "function_call_output", "output": "x"}"#, ".call_id"),
            (#"{"type": "function_call_output", "call_id": "c"}"#, ".output"),
            (#"{"type": "compaction"}"#, ".encrypted_content"), (#"{"type": "item_reference"}"#, ".id"),
        ])
    func missing(item: String, place: String) throws {
        #expect(try RequestTesting.fault(ofItem: item) == "missing_required_parameter at input[0]\(place)")
    }

    @Test("name no files of the server, which has none", arguments: ["input_image", "input_file"])
    func fileIDs(type: String) throws {
        let item = #"{"role": "user", "content": [{"type": "\#(type)", "file_id": "file_1"}]}"#
        #expect(try RequestTesting.fault(ofItem: item) == "unsupported_value at input[0].content[0].file_id")
    }

    @Test("are refused at the first faulty one")
    func first() throws {
        let items = #"{"role": "user", "content": "x"}, {"type": "nope"}, {"type": "nope"}"#
        #expect(try RequestTesting.fault(ofItem: items) == "invalid_value at input[1].type")
    }

    @Test("have ids of calls of limited length")
    func lengths() throws {
        func item(_ call: Int) -> String {
            let call = String(repeating: "ä", count: call)
            return #"{"type": "function_call", "call_id": "\#(call)", "name": "f", "arguments": ""}"#
        }
        #expect(try RequestTesting.request(#"{"input": [\#(item(64))]}"#).input.count == 1)
        #expect(try RequestTesting.fault(ofItem: item(65)) == "invalid_value at input[0].call_id")
    }

    @Test(
        "have texts, images and files of limited size",
        arguments: [
            ("input_text", "text", 10_485_760), ("input_image", "image_url", 20_971_520),
            ("input_file", "file_data", 33_554_432),
        ])
    func sizes(type: String, key: String, limit: Int) throws {
        func body(_ length: Int) -> JSONObject {
            let part: JSON = ["type": .string(type), "\(key)": .string(String(repeating: "a", count: length))]
            return ["input": [["role": "user", "content": [part]]]]
        }
        #expect(try CreateRequest(body(limit)).input.count == 1)
        #expect(
            try RequestTesting.fault { _ = try CreateRequest(body(limit + 1)) }
                == "invalid_value at input[0].content[0].\(key)")
    }
}
