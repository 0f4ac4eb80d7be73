import AgentJSON
import OpenResponses
import Testing

@Suite("The reduction of events to a response")
struct ResponseReducerTests {
    private func item(_ text: String) -> Item { .message(text, id: "msg_1") }

    @Test("gathers finished items in order and ignores deltas")
    func items() {
        var reducer = ResponseReducer()
        reducer.add(.outputTextDelta("a", itemID: "msg_1"))
        reducer.add(.outputItemDone(item("a")))
        reducer.add(item("b"))
        #expect(reducer.response == ["output": [.object(item("a").json), .object(item("b").json)]])
    }

    @Test("takes a whole response that the agent hands on, with the finished items over its own")
    func completed() {
        let whole: JSONObject = ["output": [.object(item("inner").json)], "model": "m"]
        var reducer = ResponseReducer()
        reducer.add(StreamEvent(["type": "response.completed", "response": .object(whole)]))
        #expect(reducer.response == whole)
        reducer.add(item("own"))
        #expect(reducer.response["output"] == [.object(item("own").json)])
        #expect(reducer.response["model"] == "m")
    }

    @Test("merges custom outputs of events and of the whole, the later one over the earlier")
    func customOutputs() {
        var reducer = ResponseReducer()
        reducer.add(StreamEvent(["type": "x", "custom_outputs": ["a": 1, "b": 1]]))
        reducer.mergeCustomOutputs(["b": 2])
        reducer.set("usage", .object(Usage(inputTokens: 1, outputTokens: 2).json))
        #expect(reducer.response["custom_outputs"] == ["a": 1, "b": 2])
        #expect(reducer.response["usage"]?["total_tokens"] == 3)
        #expect(reducer.response["output"] == [])
    }
}

@Suite("Items and tools")
struct ItemTests {
    @Test("give the text of strings and of parts")
    func text() {
        #expect(Item(["content": "plain"]).text == "plain")
        #expect(
            Item(["content": [["type": "input_text", "text": "a"], ["type": "input_image"], ["text": "b"]]]).text
                == "ab")
        #expect(Item.functionCallOutput(callID: "c", output: "out").text == "out")
        #expect(Item([:]).text == "")
        #expect(Item(["content": 1]).text == "")
    }

    @Test("are functions only where they say so and have a name")
    func tools() {
        #expect(FunctionTool(["type": "function", "name": "f", "strict": true])?.isStrict == true)
        #expect(FunctionTool(["type": "function"]) == nil)
        #expect(FunctionTool(["type": "web_search", "name": "f"]) == nil)
    }
}
