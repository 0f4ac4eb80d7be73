import OpenResponses

/// Items of a conversation, and how many bytes they have, or what they came in.
struct ItemList: Sendable {
    var items: [Item] = []
    var bytes = 0

    static func + (left: ItemList, right: ItemList) -> ItemList {
        ItemList(items: left.items + right.items, bytes: left.bytes + right.bytes)
    }
}
