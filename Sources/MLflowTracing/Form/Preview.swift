package import AgentJSON

/// What MLflow's list of traces shows of a request or a response.
package enum Preview {
    /// Unicode scalars that it may have.
    package static let limit = 1_000

    /// The last text of the user, or of the assistant; else the whole value.
    ///
    /// - Parameters:
    ///   - value: A root's inputs or outputs.
    ///   - text: The value's text.
    ///   - role: `user` or `assistant`.
    package static func make(of value: JSON, text: String, role: String) -> String {
        if let messages = messages(in: value, levels: 8), !messages.isEmpty,
            let message = messages.last(where: { $0["role"]?.stringValue == role }) ?? messages.last,
            let content = content(of: message), !content.isEmpty
        {
            return content.cut(to: limit)
        }
        return text.cut(to: limit)
    }

    private static func messages(in value: JSON, levels: Int) -> [JSON]? {
        guard let object = value.objectValue, levels > 0 else { return nil }
        if let messages = object["messages"]?.arrayValue, !messages.isEmpty { return messages.filter(isMessage) }
        if let message = object["choices"]?[0]?["message"], isMessage(message) { return [message] }
        for key in ["input", "output"] {
            if let items = object[key]?.arrayValue, !items.isEmpty { return items.filter(isMessage) }
        }
        return object["request"].flatMap { messages(in: $0, levels: levels - 1) }
    }

    private static func isMessage(_ value: JSON) -> Bool {
        guard let object = value.objectValue else { return false }
        return object.contains("role") && object.contains("content")
    }

    private static func content(of message: JSON) -> String? {
        switch message["content"] {
        case .string(let text): return text
        case .array(let parts):
            for part in parts {
                if let text = part.stringValue { return text }
                if ["text", "output_text"].contains(part["type"]?.stringValue) { return part["text"]?.stringValue }
            }
            return nil
        default: return nil
        }
    }
}

extension String {
    /// The text, at most so many Unicode scalars of it, the last three being dots where something was cut off.
    package func cut(to limit: Int) -> String {
        guard utf8.count > limit, bytes(ofScalars: limit) < utf8.count else { return self }
        return prefix(bytes: bytes(ofScalars: limit - 3)) + "..."
    }

    /// The text, at most so many Unicode scalars of it.
    package func prefix(scalars limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let bytes = bytes(ofScalars: limit)
        return bytes < utf8.count ? prefix(bytes: bytes) : self
    }

    private func prefix(bytes count: Int) -> String {
        String(self[..<utf8.index(startIndex, offsetBy: count)])
    }

    /// How many bytes the first scalars have, so many of them or all.
    private func bytes(ofScalars limit: Int) -> Int {
        var copy = self
        return copy.withUTF8 { bytes in
            var scalars = 0
            for (index, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
                if scalars == limit { return index }
                scalars += 1
            }
            return bytes.count
        }
    }
}
