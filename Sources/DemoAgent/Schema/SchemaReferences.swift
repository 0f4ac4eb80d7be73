import AgentJSON

/// The places in a schema that its references name.
///
/// References stay inside of the document: pointers (`#/$defs/Node`), anchors, and the `$id` of an embedded schema.
struct SchemaReferences: Sendable {
    private let root: JSON
    private var names: [String: JSON]?

    private static let maximumNodes = 20_000

    init(root: JSON) {
        self.root = root
    }

    /// The schema that a reference names; `nil` where there is none in the document.
    mutating func resolve(_ reference: String) -> JSON? {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = parts.first else { return root }
        let fragment = parts.count > 1 ? String(parts[1]) : ""
        var document: JSON? = root
        if !base.isEmpty { document = named(String(base)) }
        if fragment.isEmpty { return document }
        if fragment.hasPrefix("/") { return document.flatMap { Self.follow(fragment, in: $0) } }
        return named("#" + fragment)
    }

    private static func follow(_ pointer: String, in document: JSON) -> JSON? {
        var current = document
        for step in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = percentDecoded(step).replacing("~1", with: "/").replacing("~0", with: "~")
            guard let next = current[name] ?? Int(name).flatMap({ $0 >= 0 ? current[$0] : nil }) else { return nil }
            current = next
        }
        return current
    }

    private static func percentDecoded(_ text: Substring) -> String {
        guard text.contains("%") else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            guard byte == UInt8(ascii: "%"), digits.count == 2,
                let decoded = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Anchors and ids

    private mutating func named(_ name: String) -> JSON? {
        let names = self.names ?? collectNames()
        self.names = names
        return names[name] ?? names.filter { $0.key.hasSuffix("/" + name) }.min { $0.key < $1.key }?.value
    }

    /// All anchors, with a `#` before them, and ids; of equal ones the outermost stays.
    private func collectNames() -> [String: JSON] {
        var names: [String: JSON] = [:]
        var queue = [root]
        var next = 0
        while next < queue.count, queue.count < Self.maximumNodes {
            let schema = queue[next]
            next += 1
            for keyword in ["$anchor", "$dynamicAnchor"] {
                guard let anchor = schema[keyword]?.stringValue, names["#" + anchor] == nil else { continue }
                names["#" + anchor] = schema
            }
            if let id = schema["$id"]?.stringValue, names[id] == nil { names[id] = schema }
            switch schema {
            case .object(let members): queue.append(contentsOf: members.map(\.value))
            case .array(let elements): queue.append(contentsOf: elements)
            default: break
            }
        }
        return names
    }
}
