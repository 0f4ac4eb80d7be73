import AgentJSON
import Testing

@testable import AgentServer

@Suite("MLflow validation: the length of messages")
struct MLflowValidationMessageTests {
    @Test("The first fifty faults are listed and the others counted")
    func listsFifty() throws {
        let items = JSON.array(Array(repeating: ["type": "bogus"], count: 1000))
        let message = try MLflowValidationTesting.refusal { try MLflowValidation.checkResult(["output": items]) }
        let lines = message.split(separator: "\n")
        #expect(lines.count == 1 + 2 * 50 + 1)
        #expect(lines.first?.contains("1000 validation errors") == true)
        #expect(lines[99] == "output.49")
        #expect(lines.last == "… and 950 more")
    }

    @Test("A quoted value is cut after 200 code points")
    func cutsValues() throws {
        // One character, as Swift counts them.
        let long = "e" + String(repeating: "\u{301}", count: 100_000)
        let message = try MLflowValidationTesting.refusal {
            try MLflowValidation.checkResult(["output": [["type": .string(long)]]])
        }
        let quoted = "e" + String(repeating: "\u{301}", count: 199)
        #expect(message.hasSuffix("\n  Value error, Invalid type: \(quoted)… for OutputItem [type=value_error]"))
    }

    @Test("A key in the place of a fault is cut after 200 code points, and quoted if it has a dot")
    func cutsKeys() throws {
        let long = String(repeating: "k", count: 500)
        let metadata: JSON = .object([long: 1, "a.b": 2])
        let message = try MLflowValidationTesting.refusal {
            try MLflowValidation.checkResult(["output": [], "metadata": metadata])
        }
        #expect(message.contains("\nmetadata.\(String(repeating: "k", count: 200))…\n"))
        #expect(message.contains("\nmetadata.`a.b`\n"))
    }

    @Test("The value itself is not in the message")
    func keepsValuesOut() throws {
        let message = try MLflowValidationTesting.refusal {
            try MLflowValidation.checkResult(["output": [["type": "message", "id": ["secret": "key"]]], "id": 12345])
        }
        #expect(!message.contains("secret"))
        #expect(!message.contains("12345"))
    }
}
