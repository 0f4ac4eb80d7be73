import AgentJSON

/// A rough count of tokens, for agents that have no model to ask: four bytes of text are about one.
public enum TokenEstimate {
    /// About how many tokens a text is.
    public static func count(_ text: String) -> Int {
        (text.utf8.count + 3) / 4
    }

    /// About how many tokens a request is: all texts of its input, instructions and tools.
    static func count(_ request: JSONObject) -> Int {
        var bytes = 0
        for key in ["instructions", "input", "tools"] {
            bytes += request[key].map { textBytes($0, depth: 0) } ?? 0
        }
        return (bytes + 3) / 4
    }

    private static func textBytes(_ value: JSON, depth: Int) -> Int {
        switch value {
        case .string(let text): text.utf8.count
        case .array(let elements) where depth < 64:
            elements.reduce(0) { $0 + textBytes($1, depth: depth + 1) }
        case .object(let object) where depth < 64:
            // Ids, types and data of files are no text that a model reads.
            object.reduce(0) { sum, member in
                ["id", "type", "status", "image_url", "file_data", "encrypted_content"].contains(member.key)
                    ? sum : sum + textBytes(member.value, depth: depth + 1)
            }
        default: 0
        }
    }
}
