import AgentJSON
import Testing

/// Nesting: the limit, and that no depth exhausts the stack.
struct DepthTests {
    private func nested(_ levels: Int, object: Bool) -> String {
        object
            ? String(repeating: "{\"a\":", count: levels) + "1" + String(repeating: "}", count: levels)
            : String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }

    @Test("a document as deep as the limit parses, one level more is refused at its bracket", arguments: [false, true])
    func limit(object: Bool) throws {
        for limit in [1, 2, 31, 32, 33, 64, 512] {
            let deepest = nested(limit, object: object)
            #expect(try JSON(parsing: deepest, maximumDepth: limit).description == deepest)
            let error = #expect(throws: JSONParseError.self) {
                try JSON(parsing: nested(limit + 1, object: object), maximumDepth: limit)
            }
            #expect(error?.code == .tooDeep)
            #expect(error?.offset == limit * (object ? 5 : 1))
        }
        _ = try JSON(parsing: nested(512, object: object))
        #expect(throws: JSONParseError.self) { try JSON(parsing: nested(513, object: object)) }
    }

    @Test("depth counts open containers, not all containers")
    func siblings() throws {
        let wide = "[" + Array(repeating: "[[]]", count: 2000).joined(separator: ",") + "]"
        #expect(try JSON(parsing: wide, maximumDepth: 3).description == wide)
    }

    @Test("with no depth allowed, only scalars parse", arguments: [0, -1, Int.min])
    func noDepth(limit: Int) throws {
        #expect(try JSON(parsing: "1", maximumDepth: limit) == 1)
        let error = #expect(throws: JSONParseError.self) { try JSON(parsing: " []", maximumDepth: limit) }
        #expect(error?.message == "Nested too deeply at: line 1 column 2 (char 1)")
    }

    @Test("100,000 levels are refused whatever the caller allows", arguments: ["[", "{\"a\":", "[{\"a\":"])
    func hundredThousand(opening: String) {
        let document = String(repeating: opening, count: 100_000)
        for limit in [512, JSON.depthLimit, Int.max] {
            let error = #expect(throws: JSONParseError.self) { try JSON(parsing: document, maximumDepth: limit) }
            #expect(error?.code == .tooDeep)
        }
    }

    @Test(
        "a document of the greatest depth can be read, compared, hashed, written and freed", arguments: [false, true])
    func depthLimit(object: Bool) throws {
        let text = nested(JSON.depthLimit, object: object)
        let json = try JSON(parsing: text, maximumDepth: .max)
        #expect(json.description == text)
        #expect(json == (try JSON(parsing: text, maximumDepth: .max)))
        #expect(json.hashValue == (try JSON(parsing: text, maximumDepth: .max)).hashValue)
    }

    @Test("a built value deeper than any document is written, compared and hashed")
    func builtDeep() throws {
        var value: JSON = 1
        var text = "1"
        for level in 0..<4000 {
            value = level % 3 == 0 ? [value, 2] : ["a": value, "b": [], "é": nil]
            text = level % 3 == 0 ? "[\(text),2]" : "{\"a\":\(text),\"b\":[],\"é\":null}"
        }
        #expect(value.description == text)
        #expect(value.text(as: .mlflowEvent).count == text.count + 4000 + 2666 * 9)
        #expect(value == value)
        #expect(Set([value, value]).count == 1)
        let error = #expect(throws: JSONParseError.self) { try JSON(parsing: text, maximumDepth: .max) }
        #expect(error?.code == .tooDeep)
    }

    @Test("views inside a deep built value are written")
    func viewsInDeepValue() throws {
        var value = try JSON(parsing: "{\"view\": [1, {\"b\": 2}]}")
        for _ in 0..<100 { value = [value] }
        let brackets = (String(repeating: "[", count: 100), String(repeating: "]", count: 100))
        #expect(value.description == brackets.0 + "{\"view\":[1,{\"b\":2}]}" + brackets.1)
    }
}
