import AgentServer

extension AgentRequest {
    /// The outputs of functions that came since anyone last spoke, oldest first.
    var newFunctionOutputs: [String] {
        var outputs: [String] = []
        for item in input.reversed() {
            if item.type == "function_call_output" { outputs.append(item.text) }
            if item.role == "user" || item.role == "assistant" { break }
        }
        return outputs.reversed()
    }

    /// The function that a call should ask for: the first one that `tool_choice` leaves; `nil` where it leaves none.
    var functionToCall: FunctionTool? {
        guard let choice = toolChoice else { return tools.first }
        switch choice["type"]?.stringValue {
        case nil:
            return choice.stringValue == "none" ? nil : tools.first
        case "allowed_tools":
            guard choice["mode"]?.stringValue != "none" else { return nil }
            let allowed = (choice["tools"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
            return tools.first { allowed.contains($0.name) }
        default:
            // The form of the Responses API, or that of chat completions.
            let name = choice["name"]?.stringValue ?? choice["function"]?["name"]?.stringValue
            return tools.first { $0.name == name }
        }
    }

    /// Whether `tool_choice` allows no answer without a call.
    var demandsCall: Bool {
        guard let choice = toolChoice else { return false }
        switch choice["type"]?.stringValue {
        case nil: return choice.stringValue == "required"
        case "allowed_tools": return choice["mode"]?.stringValue == "required"
        case "function": return functionToCall != nil
        default: return false
        }
    }

    /// How an answer in JSON should look; `nil` where text is asked for.
    var jsonFormat: JSONFormat? {
        let format = text?["format"]
        switch format?["type"]?.stringValue {
        case "json_schema": return .schema(format?["schema"] ?? [:])
        case "json_object": return .anyObject
        default: return nil
        }
    }
}

/// What an answer in JSON has to satisfy.
enum JSONFormat {
    case schema(JSON)
    case anyObject

    /// An answer that holds the words of a text, as far as the format lets it.
    func answer(about text: String) -> JSON {
        switch self {
        case .schema(let schema): SchemaExample(of: schema, text: text).value
        case .anyObject: ["text": .string(text)]
        }
    }
}
