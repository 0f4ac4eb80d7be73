import AgentJSON
import AgentServer
import OpenResponses

/// Writes a conversation as the messages of chat completions.
///
/// What the assistant says and calls in one go becomes one message, as the format wants it. The format has no place for
/// reasoning, but endpoints that give it have, and some insist on it: between its calls a model goes on from what it
/// thought, until a user speaks again. Developers speak as `system`, the one name for it that all endpoints know; what
/// stands as such at the beginning becomes one message with the instructions, for many models read no more than one.
struct ChatMessages {
    private var messages: [JSONObject] = []
    /// What the assistant thought and has yet to say something after.
    private var reasoning = ""
    private let reasoningKey: String?

    private init(reasoningKey: String?) {
        self.reasoningKey = reasoningKey
    }

    /// The messages of a conversation.
    ///
    /// - Parameter reasoningKey: The name under which the endpoint takes reasoning; `nil` where it takes none.
    /// - Throws: ``ModelFailure`` of the kind `unsupported`, which names the item by its place.
    static func list(
        instructions: String?, input: [Item], reasoningKey: String? = nil
    ) throws(ModelFailure) -> [JSON] {
        var list = ChatMessages(reasoningKey: reasoningKey)
        let lastOfUser = input.lastIndex { $0.role == "user" } ?? -1
        if let instructions, !instructions.isEmpty { list.addSystem(.string(instructions)) }
        for (index, item) in input.enumerated() {
            do throws(ModelFailure) {
                if item.type == "reasoning" {
                    if index > lastOfUser { list.reasoning += item.text }
                } else {
                    try list.add(item)
                }
            } catch {
                throw ModelFailure(error.kind, "input[\(index)]\(error.message)")
            }
        }
        return list.messages.map(JSON.object)
    }

    private mutating func add(_ item: Item) throws(ModelFailure) {
        switch item.type {
        case "message": try addMessage(item)
        case "" where item.role != nil: try addMessage(item)
        case "function_call": addCall(item)
        case "function_call_output":
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
        case "user": messages.append(["role": "user", "content": try ChatContent.said(content)])
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
    }

    private mutating func addCall(_ item: Item) {
        let call: JSON = [
            "id": .string(item.callID ?? ""), "type": "function",
            "function": ["name": .string(item.name ?? ""), "arguments": .string(Self.arguments(item))],
        ]
        guard let last = messages.indices.last, messages[last]["role"] == "assistant" else {
            messages.append(["role": "assistant", "content": nil, "tool_calls": [call]])
            return addReasoning()
        }
        messages[last]["tool_calls"] = .array((messages[last]["tool_calls"]?.arrayValue ?? []) + [call])
        addReasoning()
    }

    /// Adds what the assistant thought to its message, the last one.
    private mutating func addReasoning() {
        guard let reasoningKey, !reasoning.isEmpty, let last = messages.indices.last else { return }
        let before = messages[last][reasoningKey]?.stringValue ?? ""
        messages[last][reasoningKey] = .string(before + reasoning)
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
