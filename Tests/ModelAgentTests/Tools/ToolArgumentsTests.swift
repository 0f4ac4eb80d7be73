import AgentServer
import ModelAgent
import Testing

@Suite("The arguments of a call of a tool")
struct ToolArgumentsTests {
    @Test(
        "are read, and what is left out has its default",
        arguments: [
            (#"{"city":"Rome","days":3,"unit":"celsius"}"#, #"{"city":"Rome","days":3,"unit":"celsius"}"#),
            (#"{"city":"Rome"}"#, #"{"city":"Rome","days":1}"#),
            (#" {"unit":null,"days":null,"city":"Zürich 🏔 \u0000"} "#, #"{"city":"Zürich 🏔 \u0000","days":1}"#),
            (#"{"city":"a","city":"b","days":2.0,"made_up":[{}]}"#, #"{"city":"b","days":2}"#),
        ]
    )
    func read(arguments: String, output: String) async throws {
        #expect(try await forecast.call(arguments) == output)
    }

    @Test(
        "that are wrong are named to the model",
        arguments: [
            (
                "{",
                "arguments: must be a JSON object. Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
            ),
            ("nonsense", "arguments: must be a JSON object. Expecting value: line 1 column 1 (char 0)"),
            ("{} {}", "arguments: must be a JSON object. Extra data: line 1 column 4 (char 3)"),
            ("[]", "arguments: must be an object, not an array"),
            (#""{}""#, "arguments: must be an object, not a string"),
            ("", "arguments.city: is missing"),
            (" \n", "arguments.city: is missing"),
            ("null", "arguments.city: is missing"),
            ("{}", "arguments.city: is missing"),
            (#"{"city":null}"#, "arguments.city: must be a string, not null"),
            (#"{"city":1}"#, "arguments.city: must be a string, not a number"),
            (#"{"city":"a","days":"1"}"#, "arguments.days: must be an integer, not a string"),
            (#"{"city":"a","days":true}"#, "arguments.days: must be an integer, not a boolean"),
            (#"{"city":"a","days":{}}"#, "arguments.days: must be an integer, not an object"),
            (#"{"city":"a","days":1.5}"#, "arguments.days: must be an integer, not 1.5"),
            (#"{"city":"a","unit":1}"#, "arguments.unit: must be a string, not a number"),
            (
                #"{"city":"a","unit":"kelvin"}"#,
                #"arguments.unit: must be one of "celsius", "fahrenheit", not "kelvin""#
            ),
            (#"{"days":"1"}"#, "arguments.city: is missing\narguments.days: must be an integer, not a string"),
        ]
    )
    func wrong(arguments: String, message: String) async {
        await #expect(throws: ToolError.self) { try await forecast.call(arguments) }
        #expect(await failure(of: forecast, arguments) == message)
    }

    @Test("can be arguments in arguments")
    func nested() async throws {
        let output = try await journey.call(
            #"{"start":{"city":"Bern"},"stops":[{"city":"Rome","nights":3},{"city":"Bari"}],"budget":12}"#
        )
        #expect(output == "From Bern: 3 in Rome, 1 in Bari")
        let wrong = #"{"start":{},"stops":[{"city":"Rome"},{"nights":300,"city":[]}],"budget":[]}"#
        #expect(
            await failure(of: journey, wrong) == """
                arguments.start.city: is missing
                arguments.stops[1].city: must be a string, not an array
                arguments.stops[1].nights: must be an integer from 0 to 255, not 300
                arguments.budget: must be a number, not an array
                """
        )
        #expect(
            await failure(of: journey, #"{"start":[],"stops":{}}"#) == """
                arguments.start: must be an object, not an array
                arguments.stops: must be an array, not an object
                """
        )
    }

    @Test("can be of every type")
    func types() async throws {
        let echoes: [(Tool, [String])] = [
            (One<Bool>.echo, ["true", "false"]),
            (One<Int>.echo, ["-9223372036854775808"]), (One<UInt64>.echo, ["18446744073709551615"]),
            (One<Int8>.echo, ["-128"]), (One<Int16>.echo, ["1"]), (One<Int32>.echo, ["2"]), (One<Int64>.echo, ["3"]),
            (One<UInt>.echo, ["4"]), (One<UInt8>.echo, ["5"]), (One<UInt16>.echo, ["6"]), (One<UInt32>.echo, ["7"]),
            (One<Double>.echo, ["0.1", "-1e+300"]), (One<Float>.echo, ["0.5"]),
            (One<Level>.echo, ["1", "9"]), (One<Int?>.echo, ["null", "1"]), (One<Int??>.echo, ["null", "1"]),
            (One<[Int?]>.echo, ["[]", "[1,null]"]), (One<[[Level]]>.echo, ["[[],[1,9]]"]),
            (One<[String: [Int]]>.echo, ["{}", #"{"a b":[1]}"#]),
            (One<One<One<Int>>>.echo, [#"{"value":{"value":1}}"#]),
            (One<JSON>.echo, ["null", #"{"b":1.50,"a":[]}"#]), (One<JSONObject>.echo, [#"{"b":1.50,"a":null}"#]),
            (One<Day>.echo, [#""2026-01-31""#]), (One<Point>.echo, [#"{"x":1,"path":[2]}"#]),
        ]
        for (tool, values) in echoes {
            for value in values {
                let output = try await tool.call(#"{"value":\#(value)}"#)
                #expect(output == value)
            }
        }
        #expect(try await One<String>.echo.call(#"{"value":"é\u0301 \"日本\" \u0000"}"#) == "é\u{301} \"日本\" \0")
        #expect(try await One<[String]>.echo.call(#"{"value":["é"]}"#) == #"["é"]"#)
        #expect(try await One<Int?>.echo.call("{}") == "null")
        #expect(try await One<Int??>.echo.call("{}") == "null")
    }

    @Test("of every type can be wrong")
    func wrongTypes() async {
        let failures: [(Tool, String, String)] = [
            (One<Bool>.echo, "1", ": must be a boolean, not a number"),
            (One<Int>.echo, "1e300", ": must be an integer from \(Int.min) to \(Int.max), not 1e300"),
            (One<UInt8>.echo, "-1", ": must be an integer from 0 to 255, not -1"),
            (One<Int>.echo, String(repeating: "9", count: 10_000), " not " + String(repeating: "9", count: 40)),
            (One<Double>.echo, "\"1\"", ": must be a number, not a string"),
            (One<Float>.echo, "1e200", ": must be a smaller number, not 1e200"),
            (One<Level>.echo, "2", ": must be one of 1, 9, not 2"),
            (One<Level>.echo, "\"low\"", ": must be an integer, not a string"),
            (One<JSONObject>.echo, "1", ": must be an object, not a number"),
            (One<[String: Int]>.echo, "[]", ": must be an object, not an array"),
            (One<[String: Int]>.echo, #"{"a b":null}"#, ".a b: must be an integer, not null"),
            (One<[String: [Int?]]>.echo, #"{"a":[1,null,""]}"#, ".a[2]: must be an integer, not a string"),
            (One<Day>.echo, "\"today\"", ": Write a day as 2026-01-31."),
            (One<[Day]>.echo, "[1]", "[0]: Expected a string but found a number."),
            (One<Point>.echo, "{}", ".x: is missing"),
            (One<[Point]>.echo, #"[{"x":1,"path":[1,"2"]}]"#, "[0].path[1]: Expected a number but found a string."),
            (One<Percentage>.echo, "101", ": must be 0 to 100"),
            (One<Percentage>.echo, "true", ": must be an integer, not a boolean"),
        ]
        for (tool, value, message) in failures {
            let text = await failure(of: tool, #"{"value":\#(value)}"#)
            #expect(text.hasPrefix("arguments.value") && text.hasSuffix(message), "\(text)")
        }
    }

    @Test("nested as deeply as JSON may be are read, deeper ones refused")
    func depth() async throws {
        func nested(_ levels: Int) -> String {
            #"{"value":"# + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + "}"
        }
        #expect(try await One<JSON>.echo.call(nested(511)).utf8.count == 1022)
        #expect(await failure(of: One<JSON>.echo, nested(100_000)).contains("Nested too deeply"))
        #expect(await failure(of: forecast, nested(500)).contains("arguments.city: is missing"))
    }

    @Test("can be made by hand, compared and encoded")
    func byHand() throws {
        struct Pair: ToolArguments, Equatable {
            @Parameter var first: Int
            @Parameter("The second") var second: String? = "b"
        }
        let made = try Pair(arguments: ["first": 1])
        var set = Pair()
        #expect(set != made)
        set.first = 1
        #expect(set == made)
        #expect(try JSON(encoding: made).description == #"{"first":1,"second":"b"}"#)
        #expect(try JSON(encoding: made).decode(Pair.self) == made)
        #expect(throws: EncodingError.self) { try JSON(encoding: Pair()) }
        set.second = nil
        #expect(try JSON(encoding: set).description == #"{"first":1,"second":null}"#)
        #expect(try JSON(encoding: set).decode(Pair.self) == set)
        #expect(throws: ToolError.self) { try Pair(arguments: [:]) }
    }

    private func failure(of tool: Tool, _ arguments: String) async -> String {
        do {
            return "no failure: " + (try await tool.call(arguments))
        } catch {
            return tool.outcome(of: error)
        }
    }
}
