import AgentJSON
import TestSupport
import Testing

/// Numbers: their text, their values, and the form that Python gives them.
struct NumberTests {
    @Test("the MLflow forms write a fraction or exponent as Python's repr", arguments: PythonNumbers.fractions)
    func pythonForm(text: String, python: String) throws {
        let parsed = try JSON(parsing: "{\"n\": \(text)}")
        #expect(parsed.text(as: .mlflowBody) == "{\"n\":\(python)}")
        #expect(parsed.text(as: .mlflowEvent) == "{\"n\": \(python)}")
        #expect(parsed.text() == "{\"n\":\(text)}")
        let built = JSON.number(try #require(JSONNumber(text: text)))
        #expect(built.text(as: .mlflowEvent) == python)
        let double = try #require(Double(text))
        let value = JSON.number(try #require(JSONNumber(double)))
        #expect(value.text(as: .mlflowBody) == python)
    }

    @Test(
        "the MLflow forms keep the text of an integer, except that -0 becomes 0",
        arguments: [
            ("0", "0"), ("-0", "0"), ("1", "1"), ("-1", "-1"), ("10000000000000000", "10000000000000000"),
            ("9223372036854775807", "9223372036854775807"), ("9223372036854775808", "9223372036854775808"),
            ("-9223372036854775809", "-9223372036854775809"),
            ("1" + String(repeating: "0", count: 400), "1" + String(repeating: "0", count: 400)),
        ]
    )
    func pythonInteger(text: String, python: String) throws {
        for form in [JSONForm.mlflowBody, .mlflowEvent] {
            #expect(try JSON(parsing: text).text(as: form) == python)
            #expect(try JSON(parsing: "[\(text)]")[0]?.text(as: form) == python)
            let member = try JSON(parsing: "{\"a\": [\(text)]}")
            #expect(member.text(as: .mlflowBody) == "{\"a\":[\(python)]}")
        }
    }

    @Test("random doubles survive every form")
    func randomDoubles() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<2000 {
            let value = Double(bitPattern: random.next())
            guard let number = JSONNumber(value) else {
                #expect(!value.isFinite)
                continue
            }
            #expect(number.double == value)
            for form in [JSONForm.compact, .mlflowBody, .mlflowEvent] {
                let text = JSON.number(number).encoded(as: form)
                #expect(try JSON(parsing: text).doubleValue?.bitPattern == value.bitPattern)
            }
        }
    }

    @Test(
        "an integer may be written with a fraction or an exponent",
        arguments: [
            ("8", 8), ("8.0", 8), ("8e0", 8), ("80E-1", 8), ("0.8e+1", 8), ("-8.00", -8), ("1200e-2", 12), ("-0", 0),
            ("-0.0", 0), ("0e999999999999999999999", 0), ("9007199254740993.0", 9_007_199_254_740_993),
            ("9223372036854775807.0", Int.max), ("-9223372036854775808e0", Int.min), ("8.5", nil), ("8.05e1", nil),
            ("8e-1", nil), ("8.00000000000000000001", nil), ("9223372036854775808.0", nil), ("1e19", nil),
            ("1e300", nil),
            ("1e-9223372036854775808", nil),
        ] as [(String, Int?)])
    func integral(text: String, value: Int?) throws {
        #expect(try #require(JSONNumber(text: text)).integral == value)
    }

    @Test("an integer is exact in range and nil beyond, for a fraction and for an exponent")
    func int() {
        func int(_ text: String) -> Int? { JSONNumber(text: text)?.int }
        #expect(int("0") == 0)
        #expect(int("-0") == 0)
        #expect(int("9223372036854775807") == Int.max)
        #expect(int("-9223372036854775808") == Int.min)
        #expect(int("9223372036854775808") == nil)
        #expect(int("-9223372036854775809") == nil)
        #expect(int("99999999999999999999") == nil)
        #expect(int("1.0") == nil)
        #expect(int("1e2") == nil)
        #expect(JSONNumber(UInt64.max).int == nil)
        #expect(JSONNumber(UInt64.max).text == "18446744073709551615")
        #expect(JSONNumber(UInt64(5)) == JSONNumber(5))
    }

    @Test("an integer is written with all its digits, at every length")
    func integerText() throws {
        var value = 1
        for _ in 0..<18 {
            for near in [value - 1, value, value + 1, -value + 1, -value] {
                #expect(JSON.number(JSONNumber(near)).description == String(near))
                #expect(try JSON(parsing: String(near)) == .number(JSONNumber(near)))
            }
            value *= 10
        }
        #expect(JSON.number(JSONNumber(Int.min)).description == String(Int.min))
        #expect(JSON.number(JSONNumber(Int.max)).description == String(Int.max))
    }

    @Test("a double is the nearest, infinite for an integer beyond all doubles")
    func double() {
        #expect(JSONNumber(text: "0.1")?.double == 0.1)
        #expect(JSONNumber(text: "9007199254740993")?.double == 9_007_199_254_740_992)
        #expect(JSONNumber(text: "1" + String(repeating: "0", count: 400))?.double == .infinity)
        #expect(JSONNumber(text: "-0")?.double.sign == .minus)
        #expect(JSONNumber(3).double == 3)
        #expect(JSONNumber(Double.infinity) == nil)
        #expect(JSONNumber(Double.nan) == nil)
        #expect(JSONNumber(1.0)?.text == "1.0")
        #expect(JSONNumber(1e16)?.text == "1e+16")
    }

    @Test("numbers are equal when their texts are")
    func equality() {
        #expect(JSONNumber(text: "12") == JSONNumber(12))
        #expect(JSONNumber(text: "-9223372036854775808") == JSONNumber(Int.min))
        #expect(JSONNumber(text: "1.0") != JSONNumber(1))
        #expect(JSONNumber(text: "1.0") != JSONNumber(text: "1.00"))
        #expect(JSONNumber(text: "-0") != JSONNumber(0))
        #expect(JSONNumber(text: "1.5") == JSONNumber(1.5))
        #expect(JSONNumber(text: "12")?.hashValue == JSONNumber(12).hashValue)
    }

    @Test(
        "a text that isn't exactly a JSON number makes none",
        arguments: [
            "", " 1", "1 ", "+1", "01", "-", ".5", "1.", "1e", "1e+", "0x1", "NaN", "inf", "1,0", "١", "1e400", "--1",
        ]
    )
    func badText(text: String) {
        #expect(JSONNumber(text: text) == nil)
    }

    @Test("whether a number is an integer is a matter of its text")
    func isInteger() {
        for text in ["0", "-0", "12", "123456789012345678901234567890"] {
            #expect(JSONNumber(text: text)?.isInteger == true)
        }
        for text in ["1.0", "1e2", "1E2", "-0.0"] {
            #expect(JSONNumber(text: text)?.isInteger == false)
        }
        #expect(JSONNumber(1.0)?.isInteger == false)
    }
}
