import AgentJSON
import Testing

@testable import MLflowTracing

@Suite("The form of traces")
struct FormTests {
    @Test("values that a tracking server could not serve again become texts")
    func safeValues() throws {
        #expect(SafeValue.text(of: ["a": [1, 2.5, "ü", nil]]) == #"{"a": [1, 2.5, "ü", null]}"#)
        let large = try JSON(parsing: Array("[9223372036854775807, 9223372036854775808, 1e5]".utf8))
        #expect(SafeValue.text(of: large) == #"[9223372036854775807, "9223372036854775808", 100000.0]"#)
        let deep = String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
        #expect(
            SafeValue.text(of: try JSON(parsing: Array(deep.utf8)))
                == String(repeating: "[", count: 30) + #""[]""# + String(repeating: "]", count: 30)
        )
        let fitting = String(repeating: "[", count: 30) + String(repeating: "]", count: 30)
        #expect(SafeValue.text(of: try JSON(parsing: Array(fitting.utf8))) == fitting)
    }

    @Test("brackets in texts hide no depth", arguments: ["]]]]", #"\"]"#, #"\\"#])
    func hiddenDepth(text: String) throws {
        let deep = String(repeating: #"["\#(text)", "#, count: 31) + "1" + String(repeating: "]", count: 31)
        let value = try JSON(parsing: Array(deep.utf8))
        #expect(
            SafeValue.text(of: value)
                == String(decoding: SafeValue.make(value).encoded(as: .mlflowTrace), as: UTF8.self))
        #expect(SafeValue.text(of: value) != deep)
    }

    @Test(
        "a text that a tracking server would read as what it cannot serve stays a text",
        arguments: [
            #"{"n": 9223372036854775808}"#, #" [12345678901234567890]"#, #"{"n": NaN}"#, "[-Infinity]",
            String(repeating: #"{"a":"#, count: 33) + "1" + String(repeating: "}", count: 33),
            String(repeating: "[", count: 5_000), String(repeating: "7", count: 5_000),
        ]
    )
    func poisonousTexts(text: String) {
        guard case .json(let bytes) = WireValue(attribute: .string(text)) else {
            Issue.record("It is sent as it is")
            return
        }
        #expect((try? JSON(parsing: bytes)) == .string(text))
        // Its size is the same in either form.
        #expect(WireValue(attribute: .string(text)).nestedSize == WireValue(.string(text)).nestedSize)
    }

    @Test(
        "other texts go as they are",
        arguments: [
            "", "plain", "12", #"{"a": 1}"#, #"[1, "NaN", "Info"]"#, #"{"id": "12345678901234567890"}"#,
            #""12345678901234567890""#, "{not JSON}", "9223372036854775807",
        ]
    )
    func harmlessTexts(text: String) {
        guard case .text(text) = WireValue(attribute: .string(text)) else {
            Issue.record("It is changed")
            return
        }
    }

    @Test("attributes of a trace have that form, and what the store has no room for is cut off")
    func traceForm() {
        var trace = FinishedTrace.sample(inputs: .string(#"{"n": 9223372036854775808}"#))
        trace.annotations.clientRequestID = String(repeating: "é", count: 51)
        let form = TraceForm(trace)
        let inputs = form.attributes[0].first { $0.0 == "mlflow.spanInputs" }?.1
        guard case .json = inputs else {
            Issue.record("The inputs are sent as they are")
            return
        }
        let info = form.info(experiment: "1", metadata: [])?["trace"]?["trace_info"]
        #expect(info?["client_request_id"] == .string(String(repeating: "é", count: 50)))
        #expect(info?["trace_metadata"]?["mlflow.traceInputs"] == #""{\"n\": 9223372036854775808}""#)
    }

    @Test("previews show the last text of the user or the assistant")
    func previews() {
        func preview(_ value: JSON, _ role: String) -> String {
            Preview.make(of: value, text: SafeValue.text(of: value), role: role)
        }
        let input: JSON = [
            "input": [
                ["role": "user", "content": "first"], ["role": "assistant", "content": "between"],
                ["role": "user", "content": [["type": "text", "text": "last"]]], ["type": "reasoning"],
            ]
        ]
        #expect(preview(input, "user") == "last")
        #expect(preview(["request": input], "user") == "last")
        #expect(preview(["choices": [["message": ["role": "assistant", "content": "hi"]]]], "assistant") == "hi")
        let picture: JSON = ["input": [["role": "user", "content": [["type": "input_text", "text": "look"]]]]]
        #expect(preview(picture, "user") == SafeValue.text(of: picture))
        #expect(preview(.string(String(repeating: "é", count: 1001)), "user").unicodeScalars.count == 1000)
    }
}

@Suite("The size of a trace")
struct TraceSizeTests {
    @Test("is what MLflow counts", arguments: ["a", "ü\"\\\n", "\u{7F}\u{1}", "😀"])
    func sizes(text: String) {
        for value in [.string(text), ["k": .string(text)], [1, 2.5, nil, true, .string(text)]] as [JSON] {
            let inner = SafeValue.text(of: value)
            let outer = JSON.string(inner).encoded(as: .mlflowEvent).count
            #expect(WireValue(value).nestedSize + 2 == outer)
            #expect(value.asciiSize == value.encoded(as: .mlflowEvent).count)
        }
    }

    @Test("cuts texts by scalars, not by bytes or characters")
    func cuts() {
        #expect("äöü".cut(to: 3) == "äöü")
        #expect("äöüß".cut(to: 3) == "...")
        #expect("äöüßx".cut(to: 4) == "ä...")
        #expect("e\u{301}e\u{301}".prefix(scalars: 3) == "e\u{301}e")
        #expect("😀😀".prefix(scalars: 1) == "😀")
    }
}
