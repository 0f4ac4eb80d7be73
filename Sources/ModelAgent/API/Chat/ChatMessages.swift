import AgentJSON
import AgentServer
import OpenResponses

/// Writes a conversation as the messages of chat completions.
///
/// What the assistant says and calls in one go becomes one message, as the format wants it. The format has no place for
/// reasoning, but endpoints that give it have: there a model goes on from what it thought before its calls, and from all
/// that it has thought since the user spoke. Developers speak as `system`, the one name for it that all endpoints know; what
/// stands as such at the beginning becomes one message with the instructions, for many models read no more than one.
struct ChatMessages {
    private var messages: [JSONObject] = []
    /// What the assistant thought and has yet to say something after.
    private var reasoning = ""
    /// What the assistant thought before its messages, by their places.
    private var thoughts: [Int: String] = [:]

    /// The messages of a conversation.
    ///
    /// - Parameters:
    ///   - reasoningKey: The name under which the endpoint takes reasoning; `nil` where it takes none.
    ///   - demandsReasoning: Whether it refuses calls without any.
    /// - Throws: ``ModelFailure`` of the kind `unsupported`, which names the item by its place.
    static func list(
        instructions: String?, input: [Item], reasoningKey: String? = nil, demandsReasoning: Bool = false
    ) throws(ModelFailure) -> [JSON] {
        var list = ChatMessages()
        if let instructions, !instructions.isEmpty { list.addSystem(.string(instructions)) }
        for (index, item) in input.enumerated() {
            do throws(ModelFailure) {
                try list.add(item)
            } catch {
                throw ModelFailure(error.kind, "input[\(index)]\(error.message)")
            }
        }
        if let reasoningKey { list.addThoughts(as: reasoningKey, isDemanded: demandsReasoning) }
        return list.messages.map(JSON.object)
    }

    private mutating func addThoughts(as key: String, isDemanded: Bool) {
        let lastOfUser = messages.lastIndex { $0["role"] == "user" } ?? -1
        for index in messages.indices where messages[index]["role"] == "assistant" {
            let hasCalls = messages[index]["tool_calls"] != nil
            if let thought = thoughts[index], hasCalls || index > lastOfUser {
                messages[index][key] = .string(thought)
            } else if hasCalls, isDemanded {
                // An empty one counts as none.
                messages[index][key] = " "
            }
        }
    }

    private mutating func add(_ item: Item) throws(ModelFailure) {
        switch item.type {
        case "message": try addMessage(item)
        case "" where item.role != nil: try addMessage(item)
        case "function_call": addCall(item)
        case "reasoning": reasoning += item.text
        case "function_call_output":
            reasoning = ""
            let output = item.json["output"] ?? .null
            messages.append([
                "role": "tool", "tool_call_id": .string(item.callID ?? ""),
                "content": .string(try ChatContent.output(output)),
            ])
        default: throw .unsupported(": an item of the type '\(item.type)' has no place in chat completions")
        }
    }

    // MARK: Messages

    private mutating func addMessage(_ item: Item) throws(ModelFailure) {
        let content = item.json["content"] ?? .null
        switch item.role {
        case "system", "developer": addSystem(try ChatContent.said(content))
        case "user":
            reasoning = ""
            messages.append(["role": "user", "content": try ChatContent.said(content)])
        case "assistant": addAnswer(try ChatContent.answered(content))
        case let role: throw .unsupported(".role: '\(role ?? "")' has no place in chat completions")
        }
    }

    private mutating func addSystem(_ content: JSON) {
        guard messages.count == 1, messages[0]["role"] == "system", let text = content.stringValue,
            let before = messages[0]["content"]?.stringValue
        else {
            messages.append(["role": "system", "content": content])
            return
        }
        messages[0]["content"] = .string("\(before)\n\n\(text)")
    }

    private mutating func addAnswer(_ text: String) {
        // Endpoints refuse messages that say nothing.
        guard !text.isEmpty else { return }
        // Between calls and their outputs nothing may stand.
        guard let last = messages.indices.last, messages[last]["tool_calls"] != nil else {
            messages.append(["role": "assistant", "content": .string(text)])
            return addReasoning()
        }
        let before = messages[last]["content"]?.stringValue ?? ""
        messages[last]["content"] = .string(before + text)
        addReasoning()
    }

    private mutating func addCall(_ item: Item) {
        var fields: JSONObject = [
            "id": .string(item.callID ?? ""), "type": "function",
            "function": ["name": .string(item.name ?? ""), "arguments": .string(Self.arguments(item))],
        ]
        if let extra = item.json[OpenCall.extraKey], extra.objectValue != nil { fields[OpenCall.extraKey] = extra }
        let call = JSON.object(fields)
        guard let last = messages.indices.last, messages[last]["role"] == "assistant" else {
            messages.append(["role": "assistant", "content": nil, "tool_calls": [call]])
            return addReasoning()
        }
        messages[last]["tool_calls"] = .array((messages[last]["tool_calls"]?.arrayValue ?? []) + [call])
        addReasoning()
    }

    /// Notes what the assistant thought before its message, the last one.
    private mutating func addReasoning() {
        guard !reasoning.isEmpty, let last = messages.indices.last else { return }
        thoughts[last, default: ""] += reasoning
        reasoning = ""
    }

    /// A call's arguments. Some endpoints parse those of earlier calls, and refuse all of a request for the sake of one that
    /// its model wrote wrong.
    private static func arguments(_ item: Item) -> String {
        guard let text = item.arguments, let value = try? JSON(parsing: text), value.objectValue != nil else {
            return "{}"
        }
        return text
    }
}

extension ModelFailure {
    static func unsupported(_ message: String) -> ModelFailure { ModelFailure(.unsupported, message) }
}
