import AgentJSON

extension MLflowValidation.Walk {
    /// Whether an object obeys a rule.
    ///
    /// - Parameters:
    ///   - value: The value of the field that the rule is about, read and found good.
    ///   - object: The whole object.
    ///   - model: The model that the rule belongs to.
    mutating func obeys(
        _ rule: MLflowValidation.Rule,
        _ value: JSON?,
        in object: JSON,
        of model: MLflowValidation.Model
    ) -> Bool {
        switch (rule, value) {
        case (.itemStatus, .string(let status)?):
            switch status {
            case "completed", "in_progress", "incomplete": return true
            default:
                return refuse {
                    "Invalid status: \(PythonText.shortened(status)) for \(model.name). "
                        + "Must be 'in_progress', 'completed', or 'incomplete'."
                }
            }
        case (.messageRole, .string(let role)?):
            switch role {
            case "user", "assistant", "system", "developer": return true
            default:
                return refuse {
                    "Invalid role: \(PythonText.shortened(role)). "
                        + "Must be 'user', 'assistant', 'system', or 'developer'."
                }
            }
        case (.assistantRole, .string(let role)?):
            return role == "assistant"
                || refuse { "Invalid role: \(PythonText.shortened(role)). Must be 'assistant'." }
        case (.notEmpty, .array(let elements)?):
            return !elements.isEmpty || refuse { "content must not be an empty list" }
        case (.contentParts, .array(let parts)?):
            return parts.allSatisfy { acceptContentPart($0) }
        case (.variant(let family), .string(let type)?):
            switch family.variant(named: type) {
            case .model(let variant): return accept(object, also: variant)
            case .free: return true
            case .unknown: return refuse { family.complaint(about: type) }
            }
        default:
            return true
        }
    }

    /// Whether an object in the content of a message is a part that a message may have.
    ///
    /// What reads as a text part is one, whatever its type; the original asks the others only for theirs.
    private mutating func acceptContentPart(_ part: JSON) -> Bool {
        if quietly({ $0.accept(part, also: .inputText) }) { return true }
        switch part["type"] {
        case nil:
            return refuse { "dictionary type content field values must have key 'type'" }
        case .string("input_text"):
            return accept(part, also: .inputText)
        case .string("input_image"), .string("input_file"):
            return true
        case .array:
            // The original looks the type up in a set, which ends in an exception for values of these two kinds.
            return fail("unhashable type: 'list'")
        case .object:
            return fail("unhashable type: 'dict'")
        case let type?:
            return refuse { "Invalid type: \(PythonText.text(of: type))." }
        }
    }
}
