import AgentServer
import ModelAgent
import Testing

@Suite("The schema of a tool's arguments")
struct ToolSchemaTests {
    @Test("has the parameters in order, with descriptions, types and defaults")
    func forecastSchema() throws {
        let expected = """
            {"type":"object","properties":{\
            "city":{"type":"string","description":"The city, in English"},\
            "days":{"type":"integer","description":"How many days ahead, at most 7","default":1},\
            "unit":{"type":"string","enum":["celsius","fahrenheit"],"description":"The unit of temperatures"}},\
            "required":["city"],"additionalProperties":false}
            """
        #expect(forecast.parameters.description == expected)
        #expect(try JSON(parsing: expected) == .object(forecast.parameters))
        #expect(!forecast.isStrict)
    }

    @Test("is part of the tool in the form of Open Responses")
    func functionTool() throws {
        let tool = Tool("now", "The time, “here”") { "noon" }.functionTool
        let expected = """
            {"type":"function","name":"now","description":"The time, “here”","parameters":{"type":"object",\
            "properties":{},"required":[],"additionalProperties":false},"strict":true}
            """
        #expect(tool.json.description == expected)
        #expect(try #require(FunctionTool(tool.json)) == tool)
        #expect((tool.name, tool.description, tool.isStrict) == ("now", "The time, “here”", true))
    }

    @Test("knows the type of a value")
    func types() {
        #expect(schema(of: String.self) == #"{"type":"string"}"#)
        #expect(schema(of: Bool.self) == #"{"type":"boolean"}"#)
        #expect(schema(of: Int.self) == #"{"type":"integer"}"#)
        #expect(schema(of: UInt64.self) == #"{"type":"integer"}"#)
        #expect(schema(of: Double.self) == #"{"type":"number"}"#)
        #expect(schema(of: Float.self) == #"{"type":"number"}"#)
        #expect(schema(of: Level.self) == #"{"type":"integer","enum":[1,9]}"#)
        #expect(schema(of: [Bool].self) == #"{"type":"array","items":{"type":"boolean"}}"#)
        #expect(
            schema(of: [[Level]].self)
                == #"{"type":"array","items":{"type":"array","items":{"type":"integer","enum":[1,9]}}}"#)
        #expect(schema(of: [String: Int].self) == #"{"type":"object","additionalProperties":{"type":"integer"}}"#)
        #expect(schema(of: Int?.self) == #"{"type":"integer"}"#)
        #expect(
            schema(of: [Int?].self)
                == #"{"type":"array","items":{"anyOf":[{"type":"integer"},{"type":"null"}]}}"#)
        #expect(schema(of: [JSON?].self) == #"{"type":"array","items":{}}"#)
        #expect(schema(of: JSONObject.self) == #"{"type":"object","additionalProperties":true}"#)
        #expect(schema(of: Day.self) == #"{"type":"string","format":"date"}"#)
        #expect(schema(of: Nobody.self) == #"{"type":"string"}"#)
    }

    @Test("has arguments in arguments as objects")
    func nested() {
        let place = """
            "properties":{"city":{"type":"string","description":"The name of the city"},\
            "nights":{"type":"integer","default":1}},"required":["city"],"additionalProperties":false
            """
        #expect(
            journey.parameters["properties"]?.description == """
                {"start":{"type":"object",\(place),"description":"Where it begins"},\
                "stops":{"type":"array","items":{"type":"object",\(place)},"description":"Where it goes, in order"},\
                "budget":{"type":"number"}}
                """
        )
        #expect(journey.parameters["required"] == ["start", "stops"])
    }

    @Test("has the coding keys as names, and leaves out what has none")
    func codingKeys() async throws {
        struct Search: ToolArguments {
            @Parameter("The words, 日本語 too") var words: String = #"é "quoted""#
            @Parameter var größe: Level = .high
            @Parameter private var hidden: [String] = []
            @Parameter var place: Journey.Place? = try? Journey.Place(arguments: ["city": "Rome"])
            var cache = 7
            lazy var lazily = 8

            enum CodingKeys: String, CodingKey {
                case words = "the_words"
                case größe, hidden, place
            }

            var text: String { "\(words) \(größe) \(hidden) \(place?.city ?? "-") \(cache)" }
        }
        let tool = Tool("search", "Finds") { (arguments: Search) in arguments.text }
        try tool.validate()
        #expect(
            tool.parameters["properties"]?.description == """
                {"the_words":{"type":"string","description":"The words, 日本語 too","default":"é \\"quoted\\""},\
                "größe":{"type":"integer","enum":[1,9],"default":9},\
                "hidden":{"type":"array","items":{"type":"string"},"default":[]},\
                "place":{"type":"object","properties":{\
                "city":{"type":"string","description":"The name of the city"},"nights":{"type":"integer","default":1}},\
                "required":["city"],"additionalProperties":false,"default":{"city":"Rome","nights":1}}}
                """
        )
        #expect(tool.parameters["required"] == [])
        #expect(try await tool.call("{}") == #"é "quoted" high [] Rome 7"#)
        #expect(
            try await tool.call(#"{"the_words":"a","words":"b","größe":1,"hidden":["x"],"place":null}"#)
                == #"a low ["x"] - 7"#
        )
    }

    @Test("may be called strict exactly where OpenAI takes it")
    func strict() {
        #expect(Tool(GetForecast.self).isStrict)
        #expect(!journey.isStrict)
        #expect(One<String>.echo.isStrict && One<[Level]>.echo.isStrict && One<[[Int?]]>.echo.isStrict)
        #expect(One<One<[One<Bool>]>>.echo.isStrict)
        #expect(!One<Int?>.echo.isStrict && !One<[String: Int]>.echo.isStrict && !One<JSON>.echo.isStrict)
        #expect(!One<[One<[String: Int]>]>.echo.isStrict && !One<JSONObject>.echo.isStrict)
        // Of the further keywords, some endpoints take one and some the other.
        #expect(!One<Day>.echo.isStrict && !One<Point>.echo.isStrict)
        #expect(One<One<One<One<One<Int>>>>>.echo.isStrict && !One<One<One<One<One<One<Int>>>>>>.echo.isStrict)
        #expect(One<Many<Five>>.echo.isStrict && !One<Many<Six>>.echo.isStrict)
    }

    @Test("is the author's own where one is given")
    func handWritten() throws {
        func tool(_ parameters: JSONObject) -> Tool { Tool("x", "…", parameters: parameters) { _ in "" } }
        let schema: JSONObject = ["type": "object", "properties": ["a": ["$ref": "#/$defs/A"]], "$defs": ["A": [:]]]
        #expect(tool(schema).parameters.description == schema.description)
        #expect(!tool(schema).isStrict)
        #expect(tool([:]).parameters.description == #"{"type":"object","properties":{}}"#)
        #expect(tool(["required": []]).parameters.description == #"{"type":"object","required":[],"properties":{}}"#)
        #expect(tool(forecast.parameters).parameters == forecast.parameters)
        let strict = Tool(GetForecast.self).parameters
        #expect(tool(strict).isStrict)
        for flaw: (inout JSONObject) -> Void in [
            { $0["additionalProperties"] = nil }, { $0["required"] = [] }, { $0["properties"]?["city"] = [:] },
            { $0["properties"]?["city"] = true }, { $0["properties"]?["city"] = ["anyOf": []] },
            { $0["properties"]?["city"] = ["type": "string", "enum": []] },
            { $0["properties"]?["city"] = ["type": "string", "enum": "x"] },
            {
                $0["properties"]?["city"] = [
                    "type": "string", "enum": [.string(String(repeating: "x", count: 15_000))],
                ]
            },
            { $0["properties"]?["city"] = ["type": ["string", "null"]] },
        ] {
            var flawed = strict
            flaw(&flawed)
            #expect(!tool(flawed).isStrict)
        }
        for flawed: JSONObject in [["type": "string"], ["type": ["object"]], ["properties": []]] {
            #expect(throws: (any Error).self) { try tool(flawed).validate() }
        }
    }

    private func schema<Value: ToolValue>(of type: Value.Type) -> String? {
        One<Value>.echo.parameters["properties"]?["value"]?.description
    }

    private enum Nobody: String, ToolValue, CaseIterable {
        case nobody
        static let allCases: [Nobody] = []
    }

    private protocol Count { static var count: Int { get } }
    private enum Five: Count { static let count = 500 }
    private enum Six: Count { static let count = 501 }

    /// A value of which there are so many.
    private struct Many<Number: Count>: RawRepresentable, ToolValue, CaseIterable {
        let rawValue: Int
        static var allCases: [Many] { (0..<Number.count).map { Many(rawValue: $0) } }
    }
}

extension JSON {
    /// A member of an object that is known to be one.
    fileprivate subscript(key: String) -> JSON? {
        get { objectValue?[key] }
        set {
            var object = objectValue ?? [:]
            object[key] = newValue
            self = .object(object)
        }
    }
}
