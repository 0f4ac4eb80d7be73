import AgentServer
import Testing

@testable import ModelAgent

@Suite("The calls of a conversation that goes on")
struct CallHistoryTests {
    private static func call(_ id: String, status: String = "completed") -> Item {
        Item([
            "type": "function_call", "call_id": .string(id), "name": "f", "arguments": "{}", "status": .string(status),
        ])
    }

    @Test("all have an output, and those that were cut off are left out")
    func answered() {
        let items: [Item] = [
            Self.call("a"), Self.call("b"), .functionCallOutput(callID: "b", output: "2"),
            Self.call("c", status: "incomplete"), Item(["type": "message", "role": "user", "content": "on"]),
        ]
        let answered = CallHistory.answered(items)
        #expect(answered.map { $0.callID ?? "-" } == ["a", "a", "b", "b", "-"])
        #expect(answered[1] == .functionCallOutput(callID: "a", output: "The call was not answered"))
    }
}

@Suite("A failure that a model tells in words")
struct SortedFailureTests {
    @Test(
        "has the status that it would have had",
        arguments: [
            ("rate_limit_exceeded", 429), ("429", 429), ("server_error", 500), ("overloaded_error", 503), ("502", 502),
        ])
    func sorted(code: String, status: Int) {
        let failure = ModelFailure(.reported, "slow down", code: code).sorted(without: nil)
        #expect(failure.kind == .status(status))
    }

    @Test("keeps the key to itself, and where the endpoint is")
    func secrets() {
        let failure = ModelFailure(.status(400), "bad key sk-1234567890, sorry").sorted(without: "sk-1234567890")
        #expect(failure.message == "bad key …, sorry")
        let error = AgentError(ModelFailure(.unreachable, "no connection: llm.internal:8000"))
        #expect(error.message == "The model cannot be reached")
        #expect(AgentError(ModelFailure(.status(429), "wait")).retryAfter == 1)
    }
}
