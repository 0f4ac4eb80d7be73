import AgentJSON
import OpenResponses
import TestSupport

/// Yields at random, the same for the same seed.
struct RandomAgent {
    var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// What a request may demand.
    mutating func rules() -> OutputRules {
        var rules = OutputRules()
        if random.chance(50) { rules.offered = ["f", "g"] }
        if random.chance(20) { rules.allowed = random.pick([[], ["f"], ["f", "g"]]) }
        rules.isCallRequired = random.chance(5)
        rules.allowsParallelCalls = random.chance(70)
        rules.includesEncryptedContent = random.chance(50)
        return rules
    }

    // MARK: Truthful

    /// Items that come in various forms, in turns. No text contradicts its pieces.
    mutating func truthful() -> [Yield] {
        var scripts: [[Yield]] = []
        for number in 0..<Int.random(in: 0...5, using: &random) { scripts.append(script("i\(number)")) }
        // One after the other where ids are missing, or else in turns.
        let isInTurns = random.chance(50)
        var yields: [Yield] = []
        while let next = isInTurns ? scripts.indices.randomElement(using: &random) : scripts.indices.first {
            yields.append(scripts[next].removeFirst())
            if scripts[next].isEmpty { scripts.remove(at: next) }
        }
        if random.chance(30) {
            yields.append(.event(["type": "acme:event", "custom_outputs": ["k": .string(word())]]))
        }
        if random.chance(50) {
            yields.append(.event(end(random.pick(["completed", "completed", "incomplete"]), whole())))
        }
        return yields
    }

    private mutating func script(_ id: String) -> [Yield] {
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: return messageScript(id)
        case 2: return callScript(id)
        case 3: return reasoningScript(id)
        case 4:
            let callID = "own\(id)"
            return [.event(done(call("own", callID))), .item(output(callID, word()))]
        default:
            return [.item(random.pick([["type": "acme:item", "x": 1], ["type": "mcp_call", "id": .string(id)]]))]
        }
    }

    private mutating func messageScript(_ id: String) -> [Yield] {
        let (first, second) = (pieces(), pieces())
        var script: [Yield] = []
        if random.chance(50) { script.append(.event(added(["type": "message", "id": .string(id), "content": []]))) }
        for piece in first {
            script.append(random.chance(30) ? .delta(piece, id: id) : .event(delta(piece, id)))
        }
        var text: JSONObject = ["type": "output_text", "text": .string(first.joined())]
        if random.chance(30) {
            let citation: JSON = ["type": "url_citation", "url": .string(word())]
            if random.chance(50), !first.isEmpty {
                let event = event("output_text.annotation.added", ["item_id": .string(id), "annotation": citation])
                script.append(.event(event))
            }
            text["annotations"] = [citation]
        }
        if random.chance(30), !first.isEmpty {
            script.append(.event(event("output_text.done", ["item_id": .string(id), "text": .string(first.joined())])))
        }
        var parts = [JSON.object(text)]
        if random.chance(30) {
            if !first.isEmpty {
                for piece in second {
                    script.append(.event(event("refusal.delta", ["item_id": .string(id), "delta": .string(piece)])))
                }
            }
            parts.append(["type": "refusal", "refusal": .string(second.joined())])
        }
        if random.chance(80) || script.isEmpty {
            let item: JSONObject = [
                "type": "message", "id": .string(id), "content": .array(parts),
                "status": random.chance(10) ? "incomplete" : "completed",
            ]
            script.append(.event(done(item)))
        }
        return script
    }

    private mutating func callScript(_ id: String) -> [Yield] {
        let name = random.pick(["f", "g", "f", "h"])
        let callID = random.pick(["c1", "c2", id, "", String(repeating: "c", count: 70)])
        let pieces = random.pick([["{", "}"], ["{\"a\":", "1}"], ["{}"]])
        var script: [Yield] = []
        if random.chance(60) {
            script.append(.event(added(call(name, callID, "", id: id))))
            for piece in pieces {
                let event = event("function_call_arguments.delta", ["item_id": .string(id), "delta": .string(piece)])
                script.append(.event(event))
            }
        }
        script.append(.event(done(call(name, callID, pieces.joined(), id: id))))
        return script
    }

    private mutating func reasoningScript(_ id: String) -> [Yield] {
        let (text, summary) = (pieces(), pieces())
        var script: [Yield] = []
        for piece in text {
            let name = random.pick(["reasoning.delta", "reasoning_text.delta"])
            script.append(.event(event(name, ["item_id": .string(id), "delta": .string(piece)])))
        }
        let item: JSONObject = [
            "type": "reasoning", "id": .string(id),
            "content": [["type": "reasoning_text", "text": .string(text.joined())]],
            "summary": [["type": "summary_text", "text": .string(summary.joined())]], "encrypted_content": "secret",
        ]
        script.append(.event(done(item)))
        return script
    }

    private mutating func pieces() -> [String] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in word() }
    }

    private mutating func word() -> String {
        random.pick(["a", "Hello ", "e", "\u{301}", "👩", "\u{200D}", "\n", "\"\\", "日本", ""])
    }

    /// A response object of the agent's own.
    private mutating func whole() -> JSONObject {
        var response: JSONObject = ["id": "own"]
        if random.chance(50) {
            response["usage"] = ["input_tokens": 3, "output_tokens": random.pick([4, -1, 1.5, .null])]
        }
        if random.chance(30) { response["metadata"] = ["k": "v"] }
        if random.chance(20) { response["temperature"] = random.pick([0.5, "x", .null]) }
        return response
    }
}
