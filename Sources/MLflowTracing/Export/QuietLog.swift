import Synchronization

/// Lets one line a minute pass for each kind of trouble.
final class QuietLog: Sendable {
    private struct Kind {
        var next: ContinuousClock.Instant
        var held = 0
    }

    private let kinds = Mutex<[String: Kind]>([:])

    /// - Parameter write: Writes the line; it learns how many were held back before.
    func write(_ kind: String, _ write: (Int) -> Void) {
        let now = ContinuousClock.now
        let held: Int? = kinds.withLock { kinds in
            guard var entry = kinds[kind] else {
                kinds[kind] = Kind(next: now + .seconds(60))
                return 0
            }
            guard now >= entry.next else {
                entry.held += 1
                kinds[kind] = entry
                return nil
            }
            kinds[kind] = Kind(next: now + .seconds(60))
            return entry.held
        }
        if let held { write(held) }
    }
}
