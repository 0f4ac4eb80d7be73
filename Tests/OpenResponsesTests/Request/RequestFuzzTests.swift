import AgentJSON
import OpenResponses
import TestSupport
import Testing

@Suite("Requests made of anything")
struct RequestFuzzTests {
    @Test("are taken or refused in words, and what is taken can be used", arguments: 0..<8)
    func anything(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let whole = JSON.object(try RequestTesting.object(Self.seed))
        var taken = 0
        var refused = 0
        for _ in 0..<1500 {
            var body = whole
            for _ in 0..<Int.random(in: 0...3, using: &random) { body = mutated(body, &random) }
            guard case .object(let object) = body else { continue }
            do {
                let request = try CreateRequest(object)
                taken += 1
                let set = ToolSet(request)
                #expect(set.agentView(of: request)["input"]?.arrayValue?.count == request.input.count)
                for item in request.input {
                    let kept = item.normalised { $0 + "new" }
                    #expect(kept.id?.isEmpty == false && !kept.type.isEmpty)
                    #expect(kept.normalised { _ in "another" } == kept)
                }
                for key in CreateRequestTests.defaultEcho.keys { #expect(request.echo.contains(key)) }
            } catch {
                refused += 1
                #expect(!error.message.isEmpty && error.param?.isEmpty == false)
            }
            _ = try? CompactRequest(object)
            _ = try? ConversationCreate(object)
        }
        // Both ways were gone.
        #expect(taken > 100 && refused > 100)
    }

    @Test("have queries made of anything too", arguments: 0..<4)
    func queries(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let pieces = [
            "limit", "order", "after", "starting_after", "stream", "=", "&", "%", "%4", "%C3", "1", "true", "é", "+",
        ]
        for _ in 0..<2000 {
            let query = (0..<Int.random(in: 0...8, using: &random)).map { _ in random.pick(pieces) }.joined()
            do throws(RequestFault) {
                let list = try ListQuery(query: query)
                #expect(1...100 ~= list.limit)
                _ = try RetrieveQuery(query: query)
            } catch {
                #expect(!error.message.isEmpty && error.param != nil)
            }
        }
    }

    /// The value with one place in it changed.
    private func mutated(_ value: JSON, _ random: inout SplitMix64) -> JSON {
        switch value {
        case .object(let object) where !object.isEmpty && random.chance(85):
            let key = random.pick(Array(object.keys))
            var changed = object
            switch random.next() % 10 {
            case 0: changed[key] = nil
            case 1: changed[random.pick(["type", "id", "x:y", "role", "content"])] = object[key]
            default: changed[key] = object[key].map { mutated($0, &random) }
            }
            return .object(changed)
        case .array(var elements) where !elements.isEmpty && random.chance(85):
            let index = Int.random(in: 0..<elements.count, using: &random)
            switch random.next() % 10 {
            case 0: elements.remove(at: index)
            case 1: elements.append(elements[index])
            default: elements[index] = mutated(elements[index], &random)
            }
            return .array(elements)
        default:
            return random.pick(Self.values)
        }
    }

    private static let values: [JSON] = [
        nil, true, false, 0, -1, 1, 16, 1.5, 99, "", "x", "auto", "none", "message", "function", "input_text", "é:x",
        "acme:x", [], [:], ["x"], [nil], ["type": "function", "name": "f"], ["id": "x"],
        ["role": "user", "content": "x"],
        .number(JSONNumber(text: "1e300") ?? JSONNumber(0)), .string(String(repeating: "n", count: 100)),
    ]

    private static let seed = #"""
        {"model": "m", "stream": true, "store": false, "instructions": "i", "metadata": {"a": "b"}, "truncation": "auto",
         "temperature": 0.5, "top_p": 1, "top_logprobs": 2, "max_output_tokens": 64, "max_tool_calls": 3,
         "reasoning": {"effort": "low"}, "include": ["a"], "service_tier": "auto", "conversation": {"id": "conv_1"},
         "text": {"format": {"type": "json_schema", "name": "n", "schema": {}}, "verbosity": "low"},
         "tools": [{"type": "function", "name": "f", "parameters": {}}, {"type": "acme:x"}],
         "tool_choice": {"type": "allowed_tools", "tools": [{"type": "function", "name": "f"}]},
         "custom_inputs": {}, "context": {"user_id": "u"}, "input": [
          {"role": "user", "content": "x"}, {"id": "msg_1"},
          {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "t"},
            {"type": "input_image", "image_url": "u"}, {"type": "input_file", "file_data": "d"}]},
          {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "t",
            "annotations": [{"type": "url_citation", "url": "u"}]}, {"type": "refusal", "refusal": "r"}]},
          {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
          {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "t"}]},
          {"type": "reasoning", "summary": [{"type": "summary_text", "text": "s"}]},
          {"type": "compaction", "encrypted_content": "e"}, {"type": "acme:x"}, {"type": "mcp_call"}]}
        """#
}
