import AgentJSON
import Testing

@testable import AgentServer

@Suite("MLflow validation: results of agents without a type")
struct MLflowValidationPlainTests {
    @Test("Any object passes")
    func passes() throws {
        try MLflowValidation.checkPlainResult([:])
        try MLflowValidation.checkPlainResult(["type": nil])
    }

    @Test(
        "Anything else is refused as Python shows it",
        arguments: [
            (#"[1,"a"]"#, #"<class 'list'>, result: [1, 'a']"#),
            (#"null"#, #"<class 'NoneType'>, result: None"#),
            (#"true"#, #"<class 'bool'>, result: True"#),
            (#"-0"#, #"<class 'int'>, result: 0"#),
            (#"1.50"#, #"<class 'float'>, result: 1.5"#),
            (#"1e30"#, #"<class 'float'>, result: 1e+30"#),
            (#"123456789012345678901234567890"#, #"<class 'int'>, result: 123456789012345678901234567890"#),
            (#""hi""#, #"<class 'str'>, result: hi"#),
            (#""""#, #"<class 'str'>, result: "#),
            (#"[]"#, #"<class 'list'>, result: []"#),
            (#"[[],{},[{"a":null,"b":[false]}]]"#, #"<class 'list'>, result: [[], {}, [{'a': None, 'b': [False]}]]"#),
            (#"["it's"]"#, #"<class 'list'>, result: ["it's"]"#),
            (#"["\"","'","'\"","\\\n\r\t"]"#, #"<class 'list'>, result: ['"', "'", '\'"', '\\\n\r\t']"#),
            (
                #"["\u0000\u007f\u00ad\u200b\u2028\ue000é😀\u00a0 \udb40\udc01"]"#,
                #"<class 'list'>, result: ['\x00\x7f\xad\u200b\u2028\ue000é😀\xa0 \U000e0001']"#
            ),
            (#"[1E5,-0.0,1e-7,1e16]"#, #"<class 'list'>, result: [100000.0, -0.0, 1e-07, 1e+16]"#),
        ]
    )
    func refuses(given: String, expected: String) throws {
        let message = try MLflowValidationTesting.refusal {
            try MLflowValidation.checkPlainResult(JSON(parsing: given))
        }
        #expect(
            message == "Result needs to be a pydantic model, dataclass, or dict. Unsupported result type: " + expected
        )
    }

    @Test("A long value is cut, however deep it is", arguments: ["[", #"{"a":"#])
    func cuts(opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        let text = String(repeating: opening, count: 400) + "1" + String(repeating: closing, count: 400)
        let message = try MLflowValidationTesting.refusal {
            try MLflowValidation.checkPlainResult([JSON(parsing: text)])
        }
        #expect(message.hasSuffix("…"))
        #expect(message.unicodeScalars.count < 400)
    }
}
