import Testing

@testable import AgentJSON

/// The three text forms.
struct WritingTests {
    @Test(
        "the event form is what json.dumps writes",
        arguments: [
            ("{\"a\":1,\"b\":[true,null]}", "{\"a\": 1, \"b\": [true, null]}"),
            ("{}", "{}"), ("[]", "[]"), ("[[],{}]", "[[], {}]"), ("{\"a\":{}}", "{\"a\": {}}"),
            ("\"déjà\"", "\"d\\u00e9j\\u00e0\""), ("\"日本\"", "\"\\u65e5\\u672c\""),
            ("\"😀\"", "\"\\ud83d\\ude00\""), ("\"\u{10FFFF}\"", "\"\\udbff\\udfff\""), ("\"\u{FFFF}\"", "\"\\uffff\""),
            ("\"\u{7F}\"", "\"\\u007f\""), ("\"\u{80}\"", "\"\\u0080\""), ("\"\u{FEFF}\"", "\"\\ufeff\""),
            ("\"\\u0000\\u0001\\u001f \"", "\"\\u0000\\u0001\\u001f \""), ("\"a/b\\/c\"", "\"a/b/c\""),
            ("\"\\b\\f\\n\\r\\t\\\"\\\\\"", "\"\\b\\f\\n\\r\\t\\\"\\\\\""), ("\"\\u00E9\\u0061\"", "\"\\u00e9a\""),
            ("\"\\uD83D\\uDE00\"", "\"\\ud83d\\ude00\""), ("{\"é\":\"a:b,c\"}", "{\"\\u00e9\": \"a:b,c\"}"),
            ("{\"\\u00e9\":\"{\\\"x\\\":[1,2]}\"}", "{\"\\u00e9\": \"{\\\"x\\\":[1,2]}\"}"),
            ("{ \"z\" : [ 1 , 2.0 , null ] , \"a\" : \"é</x>\" }", "{\"z\": [1, 2.0, null], \"a\": \"\\u00e9</x>\"}"),
        ]
    )
    func eventForm(document: String, expected: String) throws {
        let json = try JSON(parsing: document)
        #expect(json.text(as: .mlflowEvent) == expected)
        #expect(rebuilt(json).text(as: .mlflowEvent) == expected)
        // Inside an object, a value is copied from its document rather than written from its parts.
        let member = try JSON(parsing: "{\"v\":\(document)}")
        #expect(member.text(as: .mlflowEvent) == "{\"v\": \(expected)}")
    }

    @Test(
        "the compact form has no spaces and only the escapes it must have",
        arguments: [
            ("{ \"a\" : 1 , \"b\" : [ true , null ] }", "{\"a\":1,\"b\":[true,null]}"),
            ("\"d\\u00e9j\\u00e0\"", "\"déjà\""), ("\"\\ud83d\\ude00\"", "\"😀\""), ("\"\\u007f\"", "\"\u{7F}\""),
            ("\"\\u0000\\u0008\\u0009\\u000a\"", "\"\\u0000\\b\\t\\n\""),
            ("\"\\u000b\\u000C\\u000d\\u001F\"", "\"\\u000b\\f\\r\\u001f\""),
            ("\"\\/\\u002f\\u0022\\u005c\\u0041\"", "\"//\\\"\\\\A\""), ("[1.50, 1E5, -0]", "[1.50,1E5,-0]"),
            ("\"\u{2028}\u{2029}\"", "\"\u{2028}\u{2029}\""), ("\t[\r\n1\n,\t2 ]\n", "[1,2]"),
        ]
    )
    func compactForm(document: String, expected: String) throws {
        let json = try JSON(parsing: document)
        #expect(json.description == expected)
        #expect(rebuilt(json).description == expected)
        #expect(try JSON(parsing: "{\"v\":\(document)}").description == "{\"v\":\(expected)}")
    }

    @Test("the body form differs from the compact one only in numbers")
    func bodyForm() throws {
        let json = try JSON(parsing: "{\"a\": \"\\u00e9\\/\", \"n\": [-0, 1.50, 1E5, 12], \"t\": true}")
        #expect(json.text(as: .mlflowBody) == "{\"a\":\"é/\",\"n\":[0,1.5,100000.0,12],\"t\":true}")
    }

    @Test(
        "a compact document comes out byte for byte",
        arguments: [
            "{}", "[]", "0", "\"\"", "null", "{\"a\":{\"b\":[{\"c\":\"d\"},[],{}]},\"e\":-1.5e-7}",
            "[\"\\n\\t\\\"\\\\\",\"é😀\u{7F}\",\"\\u0001\"]", "{\"\":{\"\":\"\"}}", "[[[[1,2],3],4],5]",
        ]
    )
    func compactDocument(text: String) throws {
        #expect(try JSON(parsing: text).description == text)
    }

    @Test("text is appended, and what is there stays")
    func append() throws {
        var bytes = Array("data: ".utf8)
        let value: JSON = ["a": 1]
        let object: JSONObject = ["b": 2]
        value.write(to: &bytes, as: .mlflowEvent)
        bytes += Array("\n\n".utf8)
        object.write(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "data: {\"a\": 1}\n\n{\"b\":2}")
        #expect(object.encoded(as: .mlflowEvent) == Array("{\"b\": 2}".utf8))
    }

    @Test("texts of every length around the size of the buffer are written whole")
    func lengths() throws {
        let ends = ["", "\"", "é", "😀", "\n"]
        for length in Array(0..<40) + Array(495..<530) + Array(1000..<1040) + Array(2030..<2060) {
            for end in ends {
                let text = String(repeating: "x", count: length) + end
                let value: JSON = [.string(text), 12_345_678, true, ["k": .string(text)]]
                for form in [JSONForm.compact, .mlflowBody, .mlflowEvent] {
                    #expect(try JSON(parsing: value.encoded(as: form)) == value)
                }
            }
        }
    }

    @Test("many short values across the edge of the buffer are written whole", arguments: 0..<24)
    func edges(shift: Int) throws {
        let values: [JSON] = [nil, true, false, -12, 1.5, "a", "abcdefghij", [], [:], ["k": 1], "é"]
        let array = (0..<300).map { values[$0 % values.count] }
        let value: JSON = [.string(String(repeating: "x", count: shift)), .array(array)]
        for form in [JSONForm.compact, .mlflowBody, .mlflowEvent] {
            let text = value.encoded(as: form)
            #expect(try JSON(parsing: text) == value)
            #expect(try JSON(parsing: text).encoded(as: form) == text)
            #expect(try JSON(parsing: "{\"v\":" + value.description + "}")["v"]?.encoded(as: form) == text)
        }
    }

    @Test("every character is written so that it reads back, in texts and in keys")
    func everyCharacter() throws {
        let numbers = Array(0...0x1FF) + [0x7FF, 0x800, 0xD7FF, 0xE000, 0x1F600]
        let scalars = numbers.compactMap { Unicode.Scalar(UInt32($0)) }
        for scalar in scalars {
            for padding in ["", "abcdefg", "abcdefghijk"] {
                let text = padding + String(Character(scalar)) + padding
                let value: JSON = [.string(text), .object([text: 1])]
                for form in [JSONForm.compact, .mlflowEvent] {
                    let bytes = value.encoded(as: form)
                    #expect(try JSON(parsing: bytes) == value)
                    if form.isASCII { #expect(bytes.allSatisfy { (0x20..<0x7F).contains($0) }) }
                }
            }
        }
    }

    /// The same value, made of parts instead of a view.
    private func rebuilt(_ json: JSON) -> JSON {
        switch json {
        case .array(let elements): .array(elements.map(rebuilt))
        case .object(let object): .object(JSONObject(object.map { (key: $0.key, value: rebuilt($0.value)) }))
        default: json
        }
    }
}
