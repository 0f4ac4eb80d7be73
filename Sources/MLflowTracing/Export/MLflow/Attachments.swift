import AgentJSON

/// Pictures, sounds and files within a trace's inputs and outputs, which MLflow keeps apart from it.
package struct Attachments: Sendable {
    /// One of them.
    package struct File: Sendable {
        package var id: String
        package var bytes: [UInt8]
    }

    private let trace: TraceID
    private let maximumSize: Int?
    /// What was found.
    package private(set) var files: [File] = []

    /// - Parameters:
    ///   - trace: The trace that they belong to.
    ///   - maximumSize: Bytes that one may have; larger ones are left out, and their place says so.
    package init(of trace: TraceID, maximumSize: Int?) {
        self.trace = trace
        self.maximumSize = maximumSize
    }

    /// How deep they are looked for. What lies deeper becomes a text anyway.
    private static let maximumDepth = 30

    /// The trace with references in their places.
    package mutating func extract(from trace: inout FinishedTrace) {
        for index in trace.spans.indices {
            for key in [SpanKey.inputs, SpanKey.outputs] {
                guard let value = trace.spans[index].attributes[key], Self.mayHold(value, depth: 0) else { continue }
                let count = files.count
                let replaced = replacing(value, depth: 0)
                if files.count > count || hasLeftOut { trace.spans[index].attributes[key] = replaced }
                hasLeftOut = false
            }
        }
    }

    /// Whether something was replaced by a remark.
    private var hasLeftOut = false

    /// Whether a value may hold any: most do not, and looking takes less than building it anew.
    private static func mayHold(_ value: JSON, depth: Int) -> Bool {
        guard depth < maximumDepth else { return false }
        return switch value {
        case .null, .bool, .number: false
        case .string(let text): text.hasPrefix("data:")
        case .array(let elements): elements.contains { mayHold($0, depth: depth + 1) }
        case .object(let object): object.contains { mayHold($0.key, $0.value, depth: depth + 1) }
        }
    }

    /// Whether a member of an object may hold any, or tell that the object is one of those of ``knownPart(_:)``.
    private static func mayHold(_ key: String, _ value: JSON, depth: Int) -> Bool {
        // Almost all members are told apart by their lengths.
        let isKnown =
            switch key.utf8.count {
            case 4: key == "type" && value == "image_generation_call"
            case 5: key == "audio" || key == "image"
            case 6: key == "source"
            case 8: key == "b64_json"
            case 11: key == "input_audio" || key == "inline_data"
            default: false
            }
        return isKnown || mayHold(value, depth: depth)
    }

    private mutating func replacing(_ value: JSON, depth: Int) -> JSON {
        guard depth < Self.maximumDepth else { return value }
        switch value {
        case .null, .bool, .number: return value
        case .string(let text): return dataURI(text) ?? value
        case .array(let elements): return .array(elements.map { replacing($0, depth: depth + 1) })
        case .object(let object):
            let known = knownPart(object) ?? object
            return .object(JSONObject(known.map { ($0.key, replacing($0.value, depth: depth + 1)) }))
        }
    }

    /// `data:image/png;base64,…`
    private mutating func dataURI(_ text: String) -> JSON? {
        guard text.hasPrefix("data:"), let mark = text.firstRange(of: ";base64,") else { return nil }
        let type = text[..<mark.lowerBound].dropFirst(5)
        guard !type.isEmpty, let bytes = Base64.decode(text[mark.upperBound...].utf8) else { return nil }
        return reference(to: bytes, type: String(type))
    }

    /// Objects of which the APIs of models say that a member is base64, as MLflow knows them.
    private mutating func knownPart(_ object: JSONObject) -> JSONObject? {
        let type = object["type"]?.stringValue
        if type == "input_audio", let audio = object["input_audio"]?.objectValue {
            let format = audio["format"]?.stringValue ?? "wav"
            return replacing("data", of: audio, type: format == "mp3" ? "audio/mpeg" : "audio/\(format)")
                .map { object.with("input_audio", .object($0)) }
        }
        if type == "image", let source = object["source"]?.objectValue, source["type"] == "base64" {
            return replacing("data", of: source, type: source["media_type"]?.stringValue ?? "image/png")
                .map { object.with("source", .object($0)) }
        }
        if type == "image_generation_call" {
            return replacing("result", of: object, type: "image/\(object["output_format"]?.stringValue ?? "png")")
        }
        if object["b64_json"]?.stringValue != nil { return replacing("b64_json", of: object, type: "image/png") }
        if let audio = object["audio"]?.objectValue {
            return replacing("data", of: audio, type: "audio/wav").map { object.with("audio", .object($0)) }
        }
        if let image = object["image"]?.objectValue, let source = image["source"]?.objectValue {
            return replacing("bytes", of: source, type: "image/\(image["format"]?.stringValue ?? "png")")
                .map { object.with("image", .object(image.with("source", .object($0)))) }
        }
        if let inline = object["inline_data"]?.objectValue {
            let type = inline["mime_type"]?.stringValue ?? ""
            return replacing("data", of: inline, type: type.isEmpty ? "application/octet-stream" : type)
                .map { object.with("inline_data", .object($0)) }
        }
        return nil
    }

    private mutating func replacing(_ key: String, of object: JSONObject, type: String) -> JSONObject? {
        guard let text = object[key]?.stringValue, !text.isEmpty, let bytes = Base64.decode(text[...].utf8),
            let reference = reference(to: bytes, type: type)
        else { return nil }
        return object.with(key, reference)
    }

    private mutating func reference(to bytes: [UInt8], type: String) -> JSON? {
        if let maximumSize, maximumSize > 0, bytes.count > maximumSize {
            hasLeftOut = true
            return .string("[Attachment too large: \(bytes.count) bytes exceeds \(maximumSize) bytes limit]")
        }
        let id = Self.uuid()
        files.append(File(id: id, bytes: bytes))
        return .string(
            "mlflow-attachment://\(id)?content_type=\(QueryText.escaped(type, space: "+"))&trace_id=\(trace.text)&size=\(bytes.count)"
        )
    }

    /// A random UUID (version 4).
    private static func uuid() -> String {
        let (high, low) = RandomBits.next128()
        let hex = TraceID(high: high & ~0xF000 | 0x4000, low: low & ~(3 << 62) | (1 << 63)).hex
        var text = ""
        for (index, character) in hex.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(character)
        }
        return text
    }
}

extension JSONObject {
    fileprivate func with(_ key: String, _ value: JSON) -> JSONObject {
        var copy = self
        copy[key] = value
        return copy
    }
}
