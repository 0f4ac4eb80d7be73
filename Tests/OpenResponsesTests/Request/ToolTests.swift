import AgentJSON
import OpenResponses
import Testing

@Suite("Tools of a request")
struct ToolTests {
    private static let tools = #"""
        "tools": [{"type": "function", "name": "a"}, {"type": "acme:search"}, {"type": "function", "name": "b"}]
        """#

    private func request(_ choice: String?) throws -> CreateRequest {
        let choice = choice.map { #", "tool_choice": \#($0)"# } ?? ""
        return try RequestTesting.request(#"{"input": "x", \#(Self.tools)\#(choice)}"#)
    }

    @Test(
        "are refused with the place of what is wrong",
        arguments: [
            (#""tools": {}"#, "invalid_value at tools"), (#""tools": [1]"#, "invalid_value at tools[0]"),
            (#""tools": [{"name": "f"}]"#, "missing_required_parameter at tools[0].type"),
            (#""tools": [{"type": "function"}]"#, "missing_required_parameter at tools[0].name"),
            (
                #""tools": [{"type": "function", "function": {"name": "f"}}]"#,
                "missing_required_parameter at tools[0].name"
            ),
            (#""tools": [{"type": "function", "name": "f.g"}]"#, "invalid_value at tools[0].name"),
            (#""tools": [{"type": "function", "name": ""}]"#, "invalid_value at tools[0].name"),
            (
                #""tools": [{"type": "function", "name": "f", "parameters": "x"}]"#,
                "invalid_value at tools[0].parameters"
            ),
            (#""tools": [{"type": "function", "name": "f", "strict": 1}]"#, "invalid_value at tools[0].strict"),
            (
                #""tools": [{"type": "function", "name": "f", "description": 1}]"#,
                "invalid_value at tools[0].description"
            ),
            (#""tools": [{"type": "acme:x"}, {"type": "web_search"}]"#, "unsupported_value at tools[1].type"),
            (#""tools": [{"type": "mcp", "server_label": "s"}]"#, "unsupported_value at tools[0].type"),
            (#""tools": [{"type": "custom", "name": "f"}]"#, "unsupported_value at tools[0].type"),
            (#""tools": [{"type": "nope"}]"#, "invalid_value at tools[0].type"),
            (
                #""tools": [{"type": "function", "name": "f"}, {"type": "function", "name": "f"}]"#,
                "invalid_value at tools[1].name"
            ),
        ])
    func refused(field: String, fault: String) throws {
        #expect(try RequestTesting.fault(ofField: field) == fault)
    }

    @Test(
        "are chosen in one of four ways, and only from those given",
        arguments: [
            #""maybe""#, "1", "[]", "{}", #"{"type": "function"}"#, #"{"type": "function", "name": "c"}"#,
            #"{"type": "function", "function": {"name": "a"}}"#, #"{"type": "web_search"}"#,
            #"{"type": "acme:search"}"#, #"{"type": "allowed_tools"}"#, #"{"type": "allowed_tools", "tools": []}"#,
            #"{"type": "allowed_tools", "tools": [{"type": "function", "name": "c"}]}"#,
            #"{"type": "allowed_tools", "tools": [{"type": "mcp", "name": "a"}]}"#,
            #"{"type": "allowed_tools", "tools": ["a"]}"#,
            #"{"type": "allowed_tools", "tools": [{"type": "function", "name": "a"}], "mode": "maybe"}"#,
        ])
    func choices(choice: String) throws {
        #expect(try RequestTesting.fault { _ = try request(choice) } == "invalid_value at tool_choice")
    }

    @Test("may be named up to 128 times in allowed_tools")
    func allowedCount() throws {
        func choice(_ count: Int) -> String {
            let names = Array(repeating: #"{"type": "function", "name": "a"}"#, count: count).joined(separator: ",")
            return #"{"type": "allowed_tools", "tools": [\#(names)]}"#
        }
        #expect(try ToolSet(request(choice(128))).tools.map(\.name) == ["a"])
        #expect(try RequestTesting.fault { _ = try request(choice(129)) } == "invalid_value at tool_choice")
    }

    @Test("may be named before they are given")
    func order() throws {
        let text = #"{"tool_choice": {"type": "function", "name": "a"}, \#(Self.tools), "input": "x"}"#
        #expect(try RequestTesting.request(text).toolChoice == .function("a"))
    }

    @Test(
        "are left as the choice says",
        arguments: [
            (nil, "auto", nil, ["a", "b"]), (#""auto""#, "auto", nil, ["a", "b"]),
            (#""required""#, "required", nil, ["a", "b"]), (#""none""#, "none", nil, []),
            (#"{"type": "function", "name": "b"}"#, "required", "b", ["b"]),
            (#"{"type": "allowed_tools", "tools": [{"type": "function", "name": "b"}]}"#, "auto", nil, ["b"]),
            (
                #"{"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "b"}]}"#,
                "required", nil, ["b"]
            ),
            (
                #"{"type": "allowed_tools", "mode": "none", "tools": [{"type": "function", "name": "b"}]}"#, "none",
                nil, []
            ),
        ] as [(String?, String, String?, [String])])
    func effective(choice: String?, mode: String, forced: String?, names: [String]) throws {
        let request = try request(choice)
        let set = ToolSet(request)
        #expect(set.tools.map(\.name) == names)
        #expect(set.mode.rawValue == mode)
        #expect(set.forcedName == forced)
        for name in ["a", "b", "c"] { #expect(set.allows(name) == names.contains(name)) }

        // An agent that knows only the four plain forms does right by its view.
        let view = set.agentView(of: request)
        let shown = (view["tools"]?.arrayValue ?? []).compactMap { $0.objectValue.flatMap(FunctionTool.init)?.name }
        #expect(shown == names)
        switch view["tool_choice"] {
        case nil: #expect(choice == nil)
        case .string(let word)?: #expect(word == mode && forced == nil)
        case let object?: #expect(object == ["type": "function", "name": .string(forced ?? "")])
        }
        if names.isEmpty { #expect(!view.contains("tools")) }
        // The extension goes where the choice leaves less than all.
        #expect((view["tools"]?.arrayValue?.count ?? 0) == (names.count == 2 ? 3 : names.count))
        // What the response repeats is not shortened.
        #expect(request.echo["tools"]?.arrayValue?.count == 3)
    }

    @Test("are shown to the agent with the whole conversation")
    func agentView() throws {
        let request = try RequestTesting.request(
            #"""
            {"model": "m", "stream": true, "stream_options": {}, "input": [{"role": "user", "content": "new"}],
             "previous_response_id": "resp_1", "custom_inputs": {"a": 1}, "user": null}
            """#)
        let old = Item.message("old", id: "msg_1")
        let view = ToolSet(request).agentView(of: request, context: [old])
        #expect(
            view == [
                "model": "m", "custom_inputs": ["a": 1], "user": nil,
                "input": [.object(old.json), ["type": "message", "role": "user", "content": "new"]],
            ])
        let text = try RequestTesting.request(#"{"input": "x"}"#)
        #expect(
            ToolSet(text).agentView(of: text) == ["input": [["type": "message", "role": "user", "content": "x"]]])
    }
}
