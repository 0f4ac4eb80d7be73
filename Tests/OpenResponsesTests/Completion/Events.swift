import AgentJSON

/// Events and items as agents write them.
func event(_ type: String, _ members: JSONObject = [:]) -> JSONObject {
    var event: JSONObject = ["type": .string("response." + type)]
    for (key, value) in members { event[key] = value }
    return event
}

func delta(_ piece: String, _ id: String = "m1") -> JSONObject {
    event("output_text.delta", ["item_id": .string(id), "delta": .string(piece)])
}

func added(_ item: JSONObject) -> JSONObject { event("output_item.added", ["item": .object(item)]) }

func done(_ item: JSONObject) -> JSONObject { event("output_item.done", ["item": .object(item)]) }

/// A finished message.
func message(_ text: String, _ id: String = "m1", status: String? = nil) -> JSONObject {
    var item: JSONObject = [
        "type": "message", "id": .string(id), "role": "assistant",
        "content": [["type": "output_text", "text": .string(text)]],
    ]
    item["status"] = status.map(JSON.string)
    return item
}

/// A finished call.
func call(
    _ name: String, _ callID: String, _ arguments: String = "{}", id: String = "", status: String? = nil
) -> JSONObject {
    var item: JSONObject = [
        "type": "function_call", "call_id": .string(callID), "name": .string(name), "arguments": .string(arguments),
    ]
    if !id.isEmpty { item["id"] = .string(id) }
    item["status"] = status.map(JSON.string)
    return item
}

func output(_ callID: String, _ text: String = "out") -> JSONObject {
    ["type": "function_call_output", "call_id": .string(callID), "output": .string(text)]
}

/// The end of a response of the agent's own.
func end(_ kind: String = "completed", _ response: JSONObject = [:]) -> JSONObject {
    event(kind, ["response": .object(response)])
}
