import AgentJSON
import Testing

@testable import DemoAgent

@Suite("An example of a schema")
struct SchemaExampleTests {
    @Test("satisfies the schema", arguments: satisfiableSchemas)
    func satisfies(text: String) throws {
        let schema = try JSON(parsing: text)
        for words in ["", "weather in Paris?", "日本語 \"naïve\"\n👩‍👩‍👧"] {
            let example = SchemaExample(of: schema, text: words)
            #expect(example.isValid)
            #expect(SchemaValidator(root: schema).faults(of: example.value) == [])
            #expect(SchemaExample(of: schema, text: words).value == example.value)
        }
    }

    @Test("holds the words of the text where a string is free")
    func words() throws {
        let schema: JSON = [
            "type": "object", "required": ["location", "unit", "days"],
            "properties": [
                "location": ["type": "string"], "unit": ["enum": ["celsius", "kelvin"]], "days": ["type": "integer"],
                "optional": ["type": "string"],
            ],
        ]
        let example = SchemaExample(of: schema, text: "  Paris,\n France ")
        #expect(example.value == ["location": "Paris, France", "unit": "celsius", "days": 1])
        #expect(SchemaExample(of: ["type": "string"], text: " \n").value == "example")
        #expect(SchemaExample(of: ["type": "string", "maxLength": 3], text: "Paris").value == "Par")
        let long = try #require(SchemaExample(of: ["type": "string"], text: many("word ", 1_000)).value.stringValue)
        #expect(long.count <= 80 && long.hasSuffix("word"))
    }

    @Test(
        "has the form that is asked for",
        arguments: [
            ("date", #"\d{4}-\d\d-\d\d"#), ("time", #"\d\d:\d\d:\d\dZ"#),
            ("date-time", #"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"#),
            ("duration", #"PT\d+H"#), ("email", #"[a-z0-9]+@example\.com"#),
            ("hostname", #"([a-z0-9]+\.)*example\.com"#),
            ("ipv4", #"192\.0\.2\.\d+"#), ("ipv6", #"2001:db8::[0-9a-f]+"#), ("uri", #"https://example\.com/\w*"#),
            ("uuid", #"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"#),
        ]
    )
    func formats(name: String, pattern: String) throws {
        let schema: JSON = ["type": "string", "format": .string(name)]
        let list: JSON = ["type": "array", "items": schema, "minItems": 40, "uniqueItems": true]
        let values = try #require(SchemaExample(of: list).value.arrayValue).compactMap(\.stringValue)
        #expect(Set(values).count == 40)
        let regex = try Regex(pattern)
        for value in values { #expect(value.wholeMatch(of: regex) != nil, "\(value)") }
    }

    @Test("has the type that is asked for besides")
    func type() {
        #expect(SchemaExample(of: [:], type: "object").value == [:])
        #expect(SchemaExample(of: ["type": ["string", "object"]], type: "object").value == [:])
        #expect(!SchemaExample(of: ["type": "string"], type: "object").isValid)
    }

    @Test("is the shortest value of a recursive schema")
    func recursive() throws {
        let node: JSON = [
            "type": "object", "required": ["value", "next"],
            "properties": ["value": ["type": "integer"], "next": ["anyOf": [["$ref": "#"], ["type": "null"]]]],
        ]
        #expect(SchemaExample(of: node).value == ["value": 1, "next": .null])
    }

    @Test(
        "of a schema without values is like what was asked for, and says so",
        arguments: [
            (#"false"#, nil), (#"{"type":"integer","exclusiveMinimum":5,"exclusiveMaximum":6}"#, "integer"),
            (#"{"type":"string","minLength":5,"maxLength":1}"#, "string"),
            (#"{"type":"array","minItems":2,"maxItems":1}"#, "array"),
            (#"{"type":"object","required":["a"],"properties":{"a":false}}"#, "object"),
            (##"{"type":"object","required":["a"],"properties":{"a":{"$ref":"#"}}}"##, "object"),
            (#"{"type":"array","minItems":1000000}"#, "array"), (#"{"type":"string","minLength":1e9}"#, "string"),
        ] as [(String, String?)]
    )
    func impossible(text: String, type: String?) throws {
        let example = SchemaExample(of: try JSON(parsing: text))
        #expect(!example.isValid)
        if let type {
            #expect(SchemaValidator(root: ["type": .string(type)]).faults(of: example.value) == [])
        }
    }

    @Test("is found, or given up, whatever the schema", arguments: hostileSchemas)
    func bounded(text: String) throws {
        let schema = try JSON(parsing: text)
        let example = SchemaExample(of: schema, text: many("z", 100_000))
        #expect(example.value.encoded().count < 1_000_000)
    }
}

private func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

/// Schemas whose values are endless, countless, or hard to find, and some that are none.
private let hostileSchemas: [String] =
    [
        doubling(#"{"allOf":[NEXT,NEXT]}"#, end: #"{"type":"string"}"#),
        doubling(#"{"anyOf":[NEXT,NEXT]}"#, end: "false"),
        doubling(#"{"type":"object","required":["l","r"],"properties":{"l":NEXT,"r":NEXT}}"#, end: "{}"),
        ##"{"type":"array","minItems":3,"items":{"$ref":"#"}}"##, ##"{"$ref":"#"}"##, ##"{"not":{"$ref":"#"}}"##,
        ##"{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"##,
        #"{"type":"array","minItems":1000,"items":{"type":"array","minItems":1000,"items":{"type":"array","minItems":1000}}}"#,
        #"{"type":"array","minItems":5000,"uniqueItems":true,"items":{"type":"integer"}}"#,
        #"{"type":"object","minProperties":1000000000}"#, #"{"type":"string","pattern":"^(a+)+$","minLength":5000}"#,
        #"{"type":"string","pattern":"^((a{1000}){1000}){1000}$"}"#,
        #"{"type":"string","pattern":"^((((a*)*)*)*)*b$"}"#,
        #"{"type":"string","pattern":"^(?=(?:(?=(?:(?=a).)*).)*).*$","minLength":3000}"#,
        #"{"type":"string","pattern":"\#(many("(", 2_000))\#(many(")", 2_000))"}"#,
        #"{"type":"string","pattern":"([a-z"}"#,
        many(#"{"allOf":["#, 150) + "{}" + many("]}", 150), many(#"{"not":"#, 150) + "{}" + many("}", 150),
        many(#"{"type":"array","minItems":1,"items":"#, 150) + "{}" + many("}", 150),
        #"{"const":\#(many("[", 400))\#(many("]", 400))}"#, #"{"type":"array","contains":{},"minContains":1e12}"#,
        #"{"type":"array","minItems":2000,"items":{"default":"\#(many("x", 100_000))"}}"#,
        #"{"type":"integer","exclusiveMinimum":9223372036854775807}"#,
        #"{"type":"number","multipleOf":1e-300,"minimum":1e300}"#,
        #"{"type":"number","multipleOf":1e-9223372036854775808}"#,
        #"{"type":"array","minItems":-5,"maxItems":-1}"#, #"{"type":"string","minLength":-5,"maxLength":-1}"#,
        ##"{"$ref":"#/%zz/~2/-1/99999999999999999999"}"##, #"{"$ref":"https://example.com/other.json"}"#,
        """
        {"type":7,"properties":[1],"required":"x","enum":{},"anyOf":{},"allOf":[1,null],"items":3,"pattern":5,"$ref":9,
         "minLength":"x","minimum":"y","patternProperties":7,"propertyNames":4,"contains":8,"not":9,"if":1,"then":2}
        """,
        "null", "5", #""x""#, "[1]",
    ]

/// Sixty schemas, each of which names the next one twice.
private func doubling(_ schema: String, end: String) -> String {
    let definitions = (0..<60).map { index in
        let next = ##"{"$ref":"#/$defs/a\##(index + 1)"}"##
        return #""a\#(index)":"# + schema.replacing("NEXT", with: next)
    }
    return ##"{"$ref":"#/$defs/a0","$defs":{\##(definitions.joined(separator: ",")),"a60":\##(end)}}"##
}
