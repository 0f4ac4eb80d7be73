import AgentJSON
import OpenResponses

/// Compaction as it works where the agent has none of its own: nothing is lost, and nothing gets shorter but the number
/// of items.
///
/// A window is the user's messages and one compaction item that holds the whole conversation. When it comes back, that
/// item becomes the conversation again, in the place of the messages it holds as well. Its content is opaque to
/// clients, but no secret of the server's: it came from them.
enum Compaction {
    private static let mark = Item.wholeConversationMark

    /// The window of a conversation.
    ///
    /// - Parameters:
    ///   - items: The conversation, each item with an id.
    ///   - summary: What the agent made of it, which only the agent understands; `nil` where it makes nothing.
    static func window(of items: [Item], summary: String?) -> [Item] {
        let content = summary ?? mark + Base64URL.encode(JSON.array(items.map { .object($0.json) }).encoded())
        let compaction = Item([
            "type": "compaction", "id": .string(Identifiers.make("cmp_")), "encrypted_content": .string(content),
        ])
        return items.filter { $0.type == "message" && $0.role == "user" } + [compaction]
    }

    /// A conversation with what compaction items of this server stand for.
    ///
    /// Of items with the same id, the one counts that the last compaction item holds.
    static func expand(_ items: [Item]) -> [Item] {
        guard items.contains(where: { $0.type == "compaction" }) else { return items }
        // From the end, so that each item is looked at once: all that is to take the place of others is known then.
        var expanded: [Item] = []
        var replaced: Set<String> = []
        for item in items.reversed() {
            let held = item.type == "compaction" ? heldItems(item) : nil
            for item in (held ?? [item]).reversed() where item.id.map({ !replaced.contains($0) }) ?? true {
                expanded.append(item)
            }
            replaced.formUnion((held ?? []).lazy.compactMap(\.id))
        }
        return expanded.reversed()
    }

    private static func heldItems(_ item: Item) -> [Item]? {
        guard let content = item.json["encrypted_content"]?.stringValue, content.hasPrefix(mark),
            let bytes = Base64URL.decode(content.utf8.dropFirst(mark.utf8.count)),
            let items = (try? JSON(parsing: bytes))?.arrayValue
        else { return nil }
        return items.compactMap { $0.objectValue.map(Item.init) }
    }
}
