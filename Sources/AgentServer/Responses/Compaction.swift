import AgentJSON
import OpenResponses

/// Compaction as it works where the agent has none of its own: nothing is lost, and nothing gets shorter but the number
/// of items.
///
/// A window is the user's messages and one compaction item that holds the whole conversation. When it comes back, that
/// item becomes the conversation again, in the place of the messages it holds as well. Its content is opaque to
/// clients, but no secret of the server's, and no word of its own: it came from them, and is read by the same rules.
struct Compaction: Sendable {
    /// How deep the items may be nested.
    let maximumDepth: Int

    /// The window of a conversation.
    ///
    /// - Parameters:
    ///   - items: The conversation, each item with an id.
    ///   - summary: What the agent made of it, which only the agent understands; `nil` where it makes nothing.
    /// - Throws: A fault of an item that a client could not send: the window would not be understood when it comes back.
    func window(of items: [Item], summary: String?) throws(RequestFault) -> [Item] {
        let content: String
        if let summary {
            content = summary
        } else {
            let held = JSON.array(items.map { .object($0.json) })
            _ = try Item.items(readingAsInput: held)
            content = Item.wholeConversationMark + Base64URL.encode(held.encoded())
        }
        let compaction = Item([
            "type": "compaction", "id": .string(Identifiers.make("cmp_")), "encrypted_content": .string(content),
        ])
        return items.filter { $0.type == "message" && $0.role == "user" } + [compaction]
    }

    /// A conversation with what compaction items of this server stand for.
    ///
    /// Of items with the same id, the one counts that the last compaction item holds.
    func expand(_ items: [Item]) -> [Item] {
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

    /// The conversation that an item holds; `nil` where it holds none that could have come as it is.
    private func heldItems(_ item: Item) -> [Item]? {
        let mark = Item.wholeConversationMark
        guard let content = item.json["encrypted_content"]?.stringValue, content.hasPrefix(mark),
            let bytes = Base64URL.decode(content.utf8.dropFirst(mark.utf8.count)),
            let value = try? JSON(parsing: bytes, maximumDepth: maximumDepth),
            let items = try? Item.items(readingAsInput: value),
            // References were replaced before; nobody would look these up.
            !items.contains(where: { $0.type == "item_reference" })
        else { return nil }
        return items
    }
}
