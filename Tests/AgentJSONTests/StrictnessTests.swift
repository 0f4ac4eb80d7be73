import AgentJSON
import Testing

/// What the parser refuses, and what it says.
struct StrictnessTests {
    @Test("a bad document is refused with the message of Python's json module", arguments: Strictness.documents)
    func pythonMessage(text: String, message: String) {
        let error = #expect(throws: JSONParseError.self) { try JSON(parsing: text) }
        #expect(error?.message == message)
        #expect(error?.description == message)
    }

    @Test(
        "what Python lets pass and RFC 8259 doesn't is refused",
        arguments: [
            ("NaN", .emptyOrExpectedValue, 0), ("[NaN]", .emptyOrExpectedValue, 1),
            ("Infinity", .emptyOrExpectedValue, 0), ("{\"a\": -Infinity}", .emptyOrExpectedValue, 6),
            ("\"\\ud800\"", .loneSurrogate, 1), ("\"\\udbff\"", .loneSurrogate, 1),
            ("\"ab\\udc00\"", .loneSurrogate, 3),
            ("\"\\udfff\\ud83d\"", .loneSurrogate, 1), ("\"\\ud83dx\"", .loneSurrogate, 1),
            ("\"\\ud83d\\n\"", .loneSurrogate, 1), ("\"\\ud83d\\u0061\"", .loneSurrogate, 1),
            ("\"\\ud83d\\ud83d\\ude00\"", .loneSurrogate, 1), ("{\"\\ude00\": 1}", .loneSurrogate, 2),
            ("\"\\ud83d\"", .loneSurrogate, 1), ("\"\\ud83d", .invalidUnicodeEscape, 2),
            ("\"\\ud83d\\", .loneSurrogate, 1), ("\"\\ud83d\\u", .invalidUnicodeEscape, 8),
        ] as [(String, JSONParseError.Code, Int)]
    )
    func ownRule(text: String, code: JSONParseError.Code, offset: Int) {
        let error = #expect(throws: JSONParseError.self) { try JSON(parsing: text) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
    }

    @Test(
        "a fraction or exponent too large for a double is refused",
        arguments: [
            "1e309", "-1e309", "1e400", "1E+999999999999999999999999", "1.8e308", "1.7976931348623159e308",
            "0.1e310", "0.00001e314", "123456789e301", "17976931348623157e293",
            String(repeating: "9", count: 400) + ".0", String(repeating: "9", count: 310) + "e-1",
        ]
    )
    func outOfRange(text: String) {
        let error = #expect(throws: JSONParseError.self) { try JSON(parsing: "[0, \(text)]") }
        #expect(error?.code == .numberOutOfRange)
        #expect(error?.message == "Number out of range at: line 1 column 5 (char 4)")
        #expect(JSONNumber(text: text) == nil)
    }

    @Test(
        "a number of any length within the range of doubles keeps its text",
        arguments: [
            "1.7976931348623157e308", "-1.7976931348623157e308", "1.79769313486231580e308", "1e308",
            "1e-999999999999999",
            "0e999999999999999", "0.0e400", "0." + String(repeating: "0", count: 400) + "1e700",
            String(repeating: "7", count: 100_000), "-" + String(repeating: "7", count: 5000),
            "0." + String(repeating: "7", count: 100_000), "1" + String(repeating: "0", count: 400) + "e-300",
            "1e+0000000000000000000000000000001",
        ]
    )
    func longNumber(text: String) throws {
        let json = try JSON(parsing: text)
        #expect(json.numberValue?.text == text)
        #expect(json.description == text)
        #expect(json.numberValue == JSONNumber(text: text))
    }

    @Test(
        "ill-formed UTF-8 is refused at the byte where it starts, before any mistake of grammar",
        arguments: [
            ([0x80], 0), ([0xBF], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xC3], 0), ([0xC3, 0x28], 0),
            ([0xE0, 0x80, 0x80], 0), ([0xE0, 0x9F, 0xBF], 0), ([0xE2, 0x82], 0), ([0xE2, 0x28, 0xA1], 0),
            ([0xED, 0xA0, 0x80], 0), ([0xED, 0xBF, 0xBF], 0), ([0xF0, 0x80, 0x80, 0x80], 0),
            ([0xF0, 0x8F, 0xBF, 0xBF], 0), ([0xF0, 0x9F, 0x98], 0), ([0xF4, 0x90, 0x80, 0x80], 0),
            ([0xF5, 0x80, 0x80, 0x80], 0), ([0xF8, 0x88, 0x80, 0x80, 0x80], 0), ([0xFE], 0), ([0xFF], 0),
            ([0xC3, 0xA9, 0xFF], 2), ([0xE6, 0x97, 0xA5, 0xE6, 0x97], 3), ([0xF0, 0x9F, 0x98, 0x80, 0x80], 4),
        ] as [([UInt8], Int)]
    )
    func invalidUTF8(sequence: [UInt8], place: Int) {
        let long = "aaaaaaaaaaaaaaa"
        let frames = [("{\"a\": \"", "\"}"), ("[\"éa\", \"\(long)", "\(long)\"]"), ("\"", ""), ("", ""), ("x{\"", "")]
        for (prefix, suffix) in frames {
            let document = Array(prefix.utf8) + sequence + Array(suffix.utf8)
            let error = #expect(throws: JSONParseError.self) { try JSON(parsing: document) }
            #expect(error?.code == .invalidUTF8)
            #expect(error?.offset == prefix.utf8.count + place)
        }
    }

    @Test("well-formed UTF-8 passes up to the limits of each length, noncharacters and U+007F included")
    func validUTF8() throws {
        let scalars: [UInt32] = [
            0x20, 0x7E, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFDD0, 0xFFFE, 0xFFFF, 0x10000,
            0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFF,
        ]
        for scalar in scalars {
            let text = String(Character(try #require(Unicode.Scalar(scalar))))
            #expect(try JSON(parsing: "\"\(text)\"").stringValue == text)
        }
    }

    @Test("positions count lines, columns and characters in Unicode scalars, the offset in bytes")
    func positions() {
        let error = #expect(throws: JSONParseError.self) { try JSON(parsing: "{\"é\": \"😀\",\r\n \"日本\": x}") }
        #expect(error?.code == .emptyOrExpectedValue)
        #expect(error?.line == 2)
        #expect(error?.column == 8)
        #expect(error?.characterOffset == 19)
        #expect(error?.offset == 27)
    }

    @Test("a byte order mark at the start is skipped and not counted as a character")
    func byteOrderMark() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        #expect(try JSON(parsing: mark + Array("{\"a\":1}".utf8)) == ["a": 1])
        #expect(try JSON(parsing: "\u{FEFF} 1") == 1)
        let alone = #expect(throws: JSONParseError.self) { try JSON(parsing: mark) }
        #expect(alone?.message == "Expecting value: line 1 column 1 (char 0)")
        #expect(alone?.offset == 3)
        let twice = #expect(throws: JSONParseError.self) { try JSON(parsing: mark + mark + [0x31]) }
        #expect(twice?.message == "Expecting value: line 1 column 1 (char 0)")
        let later = #expect(throws: JSONParseError.self) { try JSON(parsing: "1\u{FEFF}") }
        #expect(later?.code == .extraData)
        let half = #expect(throws: JSONParseError.self) { try JSON(parsing: [0xEF, 0xBB]) }
        #expect(half?.code == .invalidUTF8)
    }

    @Test("every beginning of a document is refused without a trap, at an offset inside it")
    func truncated() throws {
        let document = Array(#"{"a":[1,-2.5e+3,"x\u00e9\ud83d\ude00\n"],"é":{"t":true,"f":false,"n":null}}"#.utf8)
        _ = try JSON(parsing: document)
        for length in 0..<document.count {
            let error = #expect(throws: JSONParseError.self) { try JSON(parsing: Array(document[..<length])) }
            #expect((0...length).contains(error?.offset ?? -1))
        }
    }
}
