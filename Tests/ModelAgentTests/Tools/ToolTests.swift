import AgentServer
import ModelAgent
import Testing

@Suite("A tool")
struct ToolTests {
    @Test("gives the model a text as it is, and anything else as JSON")
    func outputs() async throws {
        #expect(try await Tool("t", "") { "no \"quotes\"\n" }.call("") == "no \"quotes\"\n")
        #expect(
            try await Tool("t", "") { Report(city: "Köln / ☕️", days: 2) }.call("") == #"{"city":"Köln / ☕️","days":2}"#)
        #expect(try await Tool("t", "") { ["a": [1, 2]] }.call("{}") == #"{"a":[1,2]}"#)
        #expect(try await Tool("t", "") { 1.5 }.call("{}") == "1.5")
        #expect(try await Tool("t", "") { ["z": nil, "a": "é"] as JSON }.call("{}") == #"{"z":null,"a":"é"}"#)
    }

    @Test("takes any object where its schema is the author's own")
    func handWritten() async throws {
        let tool = Tool("t", "", parameters: ["type": "object"]) { (arguments: JSONObject) in arguments }
        #expect(try await tool.call(#"{"b":1.0,"a":[null]}"#) == #"{"b":1.0,"a":[null]}"#)
        #expect(try await tool.call("") == "{}")
        await #expect(throws: ToolError.self) { try await tool.call("[]") }
    }

    @Test("can be a type, named for it")
    func type() async throws {
        let tool = Tool(GetForecast.self)
        try tool.validate()
        #expect((tool.name, tool.description) == ("get_forecast", "The weather forecast for a city"))
        #expect(try await tool.call(#"{"city":"Rome"}"#) == #"{"city":"Rome","days":1}"#)
        #expect(Tool(HTTPGetURL.self).name == "http_get_url")
        #expect(Tool(A_BTest.self).name == "a_b_test")
        #expect(Tool(Named.self).name == "another-name")
    }

    @Test("tells the model why it failed, in its author's words where there are some")
    func failures() async throws {
        let tool = Tool(GetForecast.self)
        let error = await #expect(throws: ToolError.self) { try await tool.call(#"{"city":"Atlantis"}"#) }
        #expect(tool.outcome(of: try #require(error)) == "There is no such city; ask the user for another one")
        #expect(tool.outcome(of: AgentError("Sign in first", cause: Odd.even(2))) == "Sign in first")
        // The client reads it too.
        #expect(tool.outcome(of: Odd.even(2)) == "The tool failed")
        let unwritable = Tool("t", "") { Double.nan }
        let encoding = await #expect(throws: EncodingError.self) { try await unwritable.call("") }
        #expect(unwritable.outcome(of: try #require(encoding)) == "The tool failed")
    }

    @Test("has a name that endpoints know", arguments: ["a", "A-z_09", String(repeating: "n", count: 64)])
    func name(_ name: String) throws {
        try Tool(name, "") { "" }.validate()
    }

    @Test(
        "with another name cannot be used",
        arguments: ["", " ", "a b", "a.b", "é", "e\u{301}", "\u{212A}", "a\n", String(repeating: "n", count: 65)])
    func wrongName(_ name: String) async {
        let tool = Tool(name, "") { "" }
        let error = #expect(throws: ModelSetupError.self) { try tool.validate() }
        #expect(error?.message.hasPrefix("The tool '\(name.prefix(80))' cannot be used: ") == true)
        await #expect(throws: ModelSetupError.self) { try await tool.call("") }
    }

    @Test("with arguments that make no schema cannot be used, and says why")
    func mistakes() {
        let mistakes: [(Tool, String)] = [
            (Tool(Plain.self), "Plain.city has no @Parameter"),
            (Tool(PlainOptional.self), "PlainOptional.note has no @Parameter"),
            (tool(One<Holder>.self), "Holder.city has no @Parameter"),
            (tool(Tree.self), "Tree contains itself, which its schema would do without end"),
            (tool(Keyless.self), "Keyless.days is not decoded: it has no coding key"),
            (tool(Unwritable.self), "the default of Unwritable.part has no JSON: "),
            (tool(Whole.self), "Whole does not decode its parameters one by one"),
        ]
        for (tool, message) in mistakes {
            let error = #expect(throws: ModelSetupError.self) { try tool.validate() }
            #expect(error?.message.contains(message) == true, "\(String(describing: error))")
            #expect(tool.parameters["properties"] == [:])
        }
    }

    @Test("is found in a box by its name")
    func box() throws {
        let box = try ToolBox([forecast, Tool(Named.self), journey])
        #expect(box["plan_journey"]?.description == "Plans a journey")
        #expect(box["Plan_journey"] == nil)
        #expect(box[""] == nil)
        #expect(box.functionTools.map(\.name) == ["get_forecast", "another-name", "plan_journey"])
        #expect(try ToolBox([]).functionTools.isEmpty)
    }

    @Test("is not put beside another of its name, nor into a box where it cannot be used")
    func refused() {
        let twice = #expect(throws: ModelSetupError.self) { try ToolBox([forecast, journey, Tool(GetForecast.self)]) }
        #expect(twice?.message == "Two tools have the name 'get_forecast'")
        let broken = #expect(throws: ModelSetupError.self) { try ToolBox([forecast, Tool(Plain.self)]) }
        #expect("\(broken?.message ?? "")" == "The tool 'plain' cannot be used: Plain.city has no @Parameter")
    }

    private func tool<Arguments: ToolArguments>(_ type: Arguments.Type) -> Tool {
        Tool("t", "") { (_: Arguments) in "" }
    }
}

private enum Odd: Error { case even(Int) }

private struct HTTPGetURL: CallableTool {
    static let description = ""
    func call() -> Int { 1 }
}

private struct A_BTest: CallableTool {
    static let description = ""
    func call() -> String { "" }
}

private struct Named: CallableTool {
    static let name = "another-name"
    static let description = "Has a name of its own"
    @Parameter var name: String = "x"
    func call() async -> String { name }
}

private struct Plain: CallableTool {
    static let description = ""
    var city = "Rome"
    func call() -> String { city }
}

private struct PlainOptional: CallableTool {
    static let description = ""
    @Parameter var city: String
    var note: String?
    func call() -> String { city }
}

private struct Holder: ToolArguments { var city = "" }

private struct Tree: ToolArguments { @Parameter var children: [Tree] }

private struct Keyless: ToolArguments {
    @Parameter var city: String
    @Parameter var days: Int = 1
    enum CodingKeys: CodingKey { case city }
}

private struct Unwritable: ToolArguments { @Parameter var part: Double = .infinity }

private struct Whole: ToolArguments {
    @Parameter var city: String

    init() {}
    init(from decoder: any Decoder) throws { city = try decoder.singleValueContainer().decode(String.self) }
}
