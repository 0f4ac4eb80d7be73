import WebClient

/// What became of traces that were sent several in a request.
struct BatchOutcome<Item: Sendable>: Sendable {
    /// Those that the server has taken.
    var delivered: [Item] = []
    /// Those that it will never take, and why.
    var refused: [(item: Item, reason: String)] = []
    /// Those that it failed at, while it took others afterwards.
    var suspects: [Item] = []
    /// Those that can be sent later.
    var unsent: [Item] = []
    /// Why there are some of those.
    var trouble: Trouble?
}

extension Delivery {
    /// Sends groups of traces, each in one request.
    ///
    /// A server takes all of a request or nothing: a group that it refuses, or fails at, is halved until what it does not
    /// take is alone and has cost no other.
    ///
    /// - Parameters:
    ///   - groups: The groups, none of them empty.
    ///   - tries: How often a group is sent at most.
    ///   - onTrouble: Learns why a request will be repeated.
    ///   - isTaken: Whether a final status other than success is as good as that.
    ///   - request: Makes the request for traces.
    func send<Item: Sendable>(
        _ groups: [[Item]], tries: Int, onTrouble: (String) -> Void, isTaken: (Int) -> Bool = { _ in false },
        request: ([Item]) -> WebRequest
    ) async -> BatchOutcome<Item> {
        var outcome = BatchOutcome<Item>()
        // The next one is the last.
        var pending = groups.reversed().map { (items: $0, tries: tries) }
        /// Those that it failed at since it took any.
        var failing: [Item] = []
        var failures = 0
        while let (items, tries) = pending.popLast() {
            switch await send(request(items), tries: tries, onTrouble: onTrouble) {
            case .refused(let status, let text) where !isTaken(status):
                if items.count > 1, Self.splitStatuses.contains(status) {
                    pending += items.halves.map { ($0, tries) }
                } else {
                    outcome.refused += items.map { ($0, "status \(status): \(text)") }
                }
            case .delivered, .refused:
                outcome.delivered += items
                outcome.suspects += failing
                failing = []
                failures = 0
            case .gaveUp(let trouble):
                outcome.trouble = trouble
                failures += 1
                guard trouble.kind == .failure, failures < Self.manyFailures else {
                    outcome.unsent += items + pending.reversed().flatMap(\.items)
                    pending = []
                    break
                }
                if items.count > 1 {
                    pending += items.halves.map { ($0, 1) }
                } else {
                    failing += items
                }
            }
        }
        // Behind the others, which are to show whether the server takes any.
        outcome.unsent += failing
        return outcome
    }

    /// The statuses that may be due to one trace of several, or to their number.
    private static let splitStatuses: Set<Int> = [400, 413, 422]
}

extension Array where Element: Sendable {
    /// Both halves, the first one last.
    fileprivate var halves: [[Element]] { [Array(self[(count / 2)...]), Array(self[..<(count / 2)])] }

    /// The elements in groups of about so many bytes at most.
    func grouped(bytes limit: Int, weight: (Element) -> Int) -> [[Element]] {
        var groups: [[Element]] = []
        var room = 0
        for element in self {
            let weight = Swift.min(weight(element), limit)
            if groups.isEmpty || weight > room {
                groups.append([])
                room = limit
            }
            groups[groups.count - 1].append(element)
            room -= weight
        }
        return groups
    }
}
