import AgentJSON
import OpenResponses
import Synchronization

/// What a WebSocket remembers: its latest response with all that led to it, stored or not. There it can be continued.
final class TurnMemory: Sendable {
    private struct State {
        /// The items that the turn under way began with.
        var list = ItemList()
        /// The latest response.
        var id: String?
    }

    private let state = Mutex(State())

    init() {}

    /// The items of a response and all before it; `nil` where it is not the one that is remembered.
    func items(of id: String) -> ItemList? {
        state.withLock { $0.id == id ? $0.list : nil }
    }

    /// A turn begins with these items.
    func begin(_ list: ItemList) {
        state.withLock { $0 = State(list: list) }
    }

    /// The turn has ended in a response.
    func remember(_ response: JSONObject) {
        let output = (response["output"]?.arrayValue ?? []).compactMap { $0.objectValue.map(Item.init) }
        let list = ItemList(items: output, bytes: output.reduce(0) { $0 + $1.json.encoded().count })
        state.withLock { state in
            state.list = state.list + list
            state.id = response["id"]?.stringValue
        }
    }

    /// The turn has failed, or the one that would have gone on with the response.
    func forget() {
        state.withLock { $0 = State() }
    }
}
