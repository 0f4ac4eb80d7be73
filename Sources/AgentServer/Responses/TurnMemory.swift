import AgentJSON
import OpenResponses
import Synchronization

/// What a WebSocket remembers: its latest response with all that led to it, stored or not. There it can be continued.
///
/// A turn that fails leaves it as it was, unless it was to go on with the response.
final class TurnMemory: Sendable {
    private struct Latest {
        var id: String
        /// The items of the response and all before it.
        var list: ItemList
        /// Whether the response is stored, and can be continued from there.
        var isStored: Bool
    }

    private let latest = Mutex<Latest?>(nil)

    init() {}

    /// The items of a response and all before it; `nil` where it is not the one that is remembered.
    func items(of id: String) -> ItemList? {
        latest.withLock { $0?.id == id ? $0?.list : nil }
    }

    /// Whether a response is remembered, and has no other copy.
    func isOnlyCopy(of id: String) -> Bool {
        latest.withLock { $0?.id == id && $0?.isStored == false }
    }

    /// A turn has ended in a response.
    ///
    /// - Parameters:
    ///   - list: What the turn began with: all before the response, and its input.
    ///   - isStored: Whether the response is stored.
    func remember(_ response: JSONObject, after list: ItemList, isStored: Bool) {
        guard let id = response["id"]?.stringValue else { return }
        let output = (response["output"]?.arrayValue ?? []).compactMap { $0.objectValue.map(Item.init) }
        let own = ItemList(items: output, bytes: output.reduce(0) { $0 + $1.json.encoded().count })
        latest.withLock { $0 = Latest(id: id, list: list + own, isStored: isStored) }
    }

    /// A turn has failed that would have gone on with this response.
    func forget(_ id: String) {
        latest.withLock { if $0?.id == id { $0 = nil } }
    }
}

/// What one turn does to the memory of its connection.
struct RememberedTurn: Sendable {
    let memory: TurnMemory
    /// What the turn begins with: all before the response, and its input.
    let list: ItemList
    /// The response that it goes on with.
    let previousID: String?
    /// Whether the response will be stored.
    let isStored: Bool

    /// The turn has ended in a response.
    func succeed(_ response: JSONObject) {
        memory.remember(response, after: list, isStored: isStored)
    }

    /// The turn has failed.
    func fail() {
        if let previousID { memory.forget(previousID) }
    }
}
