import AgentJSON
import OpenResponses

/// Compaction as it works where the agent has none of its own: nothing is lost, and nothing gets shorter but the number
/// of items.
///
/// A window is the user's messages and one compaction item that holds the whole conversation. When it comes back, that
/// item becomes the conversation again, in the place of the messages it holds as well. Its content is opaque to
/// clients, but no secret of the server's: it came from them.
enum Compaction {
    private static let mark = "asc1."

    /// The window of a conversation.
    ///
    /// - Parameters:
    ///   - items: The conversation, each item with an id.
    ///   - summary: What the agent made of it, which only the agent understands; `nil` where it makes nothing.
    static func window(of items: [Item], summary: String?) -> [Item] {
        let content = summary ?? mark + base64(JSON.array(items.map { .object($0.json) }).encoded())
        let compaction = Item([
            "type": "compaction", "id": .string(Identifiers.make("cmp_")), "encrypted_content": .string(content),
        ])
        return items.filter { $0.type == "message" && $0.role == "user" } + [compaction]
    }

    /// A conversation with what compaction items of this server stand for.
    static func expand(_ items: [Item]) -> [Item] {
        guard items.contains(where: { $0.type == "compaction" }) else { return items }
        var expanded: [Item] = []
        for item in items {
            guard item.type == "compaction", let held = heldItems(item) else {
                expanded.append(item)
                continue
            }
            let ids = Set(held.compactMap(\.id))
            expanded.removeAll { item in item.id.map { ids.contains($0) } ?? false }
            expanded += held
        }
        return expanded
    }

    private static func heldItems(_ item: Item) -> [Item]? {
        guard let content = item.json["encrypted_content"]?.stringValue, content.hasPrefix(mark),
            let bytes = bytes(base64: content.utf8.dropFirst(mark.utf8.count)),
            let items = (try? JSON(parsing: bytes))?.arrayValue
        else { return nil }
        return items.compactMap { $0.objectValue.map(Item.init) }
    }

    // MARK: Base 64

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(digits[Int(bits >> UInt32(count)) & 63])
            }
        }
        if count > 0 { text.append(digits[Int(bits << UInt32(6 - count)) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bytes(base64 text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for digit in text {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = digit - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = digit - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0") + 52
            case UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "_"): value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
