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
        if let message = message(of: role, in: value, levels: 8), let content = content(of: message), !content.isEmpty {
            return content.cut(to: limit)
        }
        return text.cut(to: limit)
    }

    /// The last message of a role, or else of any.
    private static func message(of role: String, in value: JSON, levels: Int) -> JSONObject? {
        guard let object = value.objectValue, levels > 0 else { return nil }
        if let list = object["messages"]?.arrayValue, !list.isEmpty { return message(of: role, in: list) }
        if let found = object["choices"]?[0]?["message"].flatMap(asMessage) { return found }
        for key in ["input", "output"] {
            if let list = object[key]?.arrayValue, !list.isEmpty { return message(of: role, in: list) }
        }
        return object["request"].flatMap { message(of: role, in: $0, levels: levels - 1) }
    }

    private static func message(of role: String, in list: [JSON]) -> JSONObject? {
        var last: JSONObject?
        for value in list.reversed() {
            guard let found = asMessage(value) else { continue }
            if found["role"]?.stringValue == role { return found }
            if last == nil { last = found }
        }
        return last
    }

    private static func asMessage(_ value: JSON) -> JSONObject? {
        value.objectValue.flatMap { $0.contains("role") && $0.contains("content") ? $0 : nil }
    }

    private static func content(of message: JSONObject) -> String? {
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
