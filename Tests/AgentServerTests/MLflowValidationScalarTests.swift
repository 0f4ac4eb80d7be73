import AgentJSON
import Testing

@testable import AgentServer

@Suite("MLflow validation: lax scalars")
struct MLflowValidationScalarTests {
    @Test(
        "An integer is read from what stands for one",
        arguments: [
            (#"10"#, #"10"#),
            (#"-1"#, #"-1"#),
            (#"10.0"#, #"10"#),
            (#"1e2"#, #"100"#),
            (#"-0.0"#, #"0"#),
            (#"0"#, #"0"#),
            (#"true"#, #"1"#),
            (#"false"#, #"0"#),
            (#"100000000000000000000000000"#, #"100000000000000000000000000"#),
            (#"9.2e18"#, #"9200000000000000000"#),
            (#"9223372036854775808.0"#, #"int_parsing_size"#),
            (#"-9223372036854775808.0"#, #"int_parsing_size"#),
            (#"10.5"#, #"int_from_float"#),
            (#"1e300"#, #"int_parsing_size"#),
            (#"[]"#, #"int_type"#),
            (#"{}"#, #"int_type"#),
            (#""10""#, #"10"#),
            (#"" 10 ""#, #"10"#),
            (#""\u00a0\u20035\u2028""#, #"5"#),
            (#""007""#, #"7"#),
            (#""1_000""#, #"1000"#),
            (#""0__5""#, #"5"#),
            (#""-0_0""#, #"0"#),
            (#""+5""#, #"5"#),
            (#""-5""#, #"-5"#),
            (#""1_0.0""#, #"10"#),
            (#""10.00""#, #"10"#),
            (#""111111111111111111111111111111""#, #"111111111111111111111111111111"#),
            (#""-0""#, #"0"#),
            (#""""#, #"int_parsing"#),
            (#""5.""#, #"int_parsing"#),
            (#"".0""#, #"int_parsing"#),
            (#""1__0""#, #"int_parsing"#),
            (#""_1""#, #"int_parsing"#),
            (#""1_""#, #"int_parsing"#),
            (#""+_5""#, #"int_parsing"#),
            (#""- 5""#, #"int_parsing"#),
            (#""1e3""#, #"int_parsing"#),
            (#""0x10""#, #"int_parsing"#),
            (#""ten""#, #"int_parsing"#),
            (#""\u0665""#, #"int_parsing"#),
            (#""\u001c5""#, #"int_parsing"#),
            (#""\ufeff5""#, #"int_parsing"#),
            (#""99999999999999999999.0""#, #"99999999999999999999"#),
        ]
    )
    func readsIntegers(given: String, expected: String) throws {
        try expect(given, expected, in: "max_output_tokens")
    }

    @Test(
        "A number is read from what stands for one",
        arguments: [
            (#"0.5"#, #"0.5"#),
            (#"1"#, #"1.0"#),
            (#"-0"#, #"0.0"#),
            (#"-0.0"#, #"-0.0"#),
            (#"1e2"#, #"100.0"#),
            (#"true"#, #"1.0"#),
            (#"false"#, #"0.0"#),
            (#"1000000000000000000000000000000"#, #"1e+30"#),
            (#"9007199254740993"#, #"9007199254740992.0"#),
            (#"[]"#, #"float_type"#),
            (#"null"#, #"null"#),
            (#""0.5""#, #"0.5"#),
            (#"" 1.5 ""#, #"1.5"#),
            (#""1e3""#, #"1000.0"#),
            (#""1E+3""#, #"1000.0"#),
            (#"".5""#, #"0.5"#),
            (#""5.""#, #"5.0"#),
            (#""1_0.5""#, #"10.5"#),
            (#""1._0e_1""#, #"10.0"#),
            (#""007""#, #"7.0"#),
            (#""-0""#, #"-0.0"#),
            (#""1e-400""#, #"0.0"#),
            (#""9007199254740993""#, #"9007199254740992.0"#),
            (#""123456789.123456789""#, #"123456789.12345679"#),
            (#""1e16""#, #"1e+16"#),
            (#""1e22""#, #"1e+22"#),
            (#""""#, #"float_parsing"#),
            (#"" 1_0""#, #"float_parsing"#),
            (#""1__0""#, #"float_parsing"#),
            (#""_1""#, #"float_parsing"#),
            (#""1,5""#, #"float_parsing"#),
            (#""1e""#, #"float_parsing"#),
            (#""e5""#, #"float_parsing"#),
            (#"".""#, #"float_parsing"#),
            (#""0x1p3""#, #"float_parsing"#),
            (#""warm""#, #"float_parsing"#),
            (#""infin""#, #"float_parsing"#),
        ]
    )
    func readsNumbers(given: String, expected: String) throws {
        try expect(given, expected, in: "temperature")
    }

    @Test(
        "A boolean is read from what stands for one",
        arguments: [
            (#"true"#, #"true"#),
            (#"false"#, #"false"#),
            (#"1"#, #"true"#),
            (#"0"#, #"false"#),
            (#"1.0"#, #"true"#),
            (#"-0.0"#, #"false"#),
            (#"2"#, #"bool_parsing"#),
            (#"-1"#, #"bool_parsing"#),
            (#"0.5"#, #"bool_type"#),
            (#"2.0"#, #"bool_parsing"#),
            (#"9223372036854775807"#, #"bool_parsing"#),
            (#"9223372036854775808"#, #"bool_type"#),
            (#"1e300"#, #"bool_type"#),
            (#"[]"#, #"bool_type"#),
            (#""1""#, #"true"#),
            (#""t""#, #"true"#),
            (#""TRUE""#, #"true"#),
            (#""y""#, #"true"#),
            (#""Yes""#, #"true"#),
            (#""oN""#, #"true"#),
            (#""0""#, #"false"#),
            (#""F""#, #"false"#),
            (#""false""#, #"false"#),
            (#""n""#, #"false"#),
            (#""NO""#, #"false"#),
            (#""off""#, #"false"#),
            (#""""#, #"bool_parsing"#),
            (#"" yes""#, #"bool_parsing"#),
            (#""2""#, #"bool_parsing"#),
            (#""1.0""#, #"bool_parsing"#),
            (#""ja""#, #"bool_parsing"#),
            (#""truee""#, #"bool_parsing"#),
        ]
    )
    func readsFlags(given: String, expected: String) throws {
        try expect(given, expected, in: "store")
    }

    @Test("An integer text may have 4300 digits and no more")
    func limitsDigits() throws {
        let digits = String(repeating: "9", count: 4300)
        try expect("\"-0_0\(digits).000\"", "-" + digits, in: "max_output_tokens")
        try expect("\"\(digits)9\"", "int_parsing_size", in: "max_output_tokens")
    }

    @Test("An integer beyond the range of doubles is no number")
    func refusesHugeNumbers() throws {
        try expect(String(repeating: "9", count: 400), "float_type", in: "temperature")
    }

    @Test("A minus sign behind leading zeros is refused, though pydantic reads it as the sign")
    func refusesLateSign() throws {
        try expect("\"0-1\"", "int_parsing", in: "max_output_tokens")
    }

    /// Expects the text that the value of a field is converted to, or else the type of the error.
    private func expect(_ given: String, _ expected: String, in field: String) throws {
        do {
            let request = try MLflowValidationTesting.request("{\"input\":[],\"\(field)\":\(given)}")
            let value = try JSON(parsing: request)[field] ?? .null
            #expect(String(decoding: value.encoded(as: .mlflowBody), as: UTF8.self) == expected)
        } catch let error as MLflowValidationError {
            #expect(error.message.contains("\n\(field)\n"))
            #expect(error.message.hasSuffix("[type=\(expected)]"))
        }
    }
}
