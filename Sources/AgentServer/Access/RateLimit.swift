/// How many requests a minute each principal may make: a token bucket for each, without a clock of its own.
///
/// A bucket holds a minute's requests, and begins full. What is kept of it is one instant: when it will be full again
/// (the generic cell rate algorithm).
struct RateLimit: Sendable {
    private let interval: Duration
    private let capacity: Int
    /// Buckets that were used lately, and those that were before. An older one has been full for long, as a rule; of a
    /// principal that comes back, that is forgotten where more than so many others came between.
    private var recent: [String: ContinuousClock.Instant] = [:]
    private var older: [String: ContinuousClock.Instant] = [:]

    private static let minute = Duration.seconds(60)

    /// - Parameters:
    ///   - requestsPerMinute: How many requests a principal may make each minute, and at once.
    ///   - principals: How many are told apart at least; twice as many at most.
    init(requestsPerMinute: Int, principals: Int = 10_000) {
        interval = Self.minute / max(1, requestsPerMinute)
        capacity = principals
    }

    /// How many principals something is known of.
    var principals: Int { recent.count + older.count }

    /// Counts a request.
    ///
    /// - Returns: How long the principal is to wait where it has made too many; `nil` where it may go on.
    mutating func count(_ principal: String, now: ContinuousClock.Instant) -> Duration? {
        let full = max(recent[principal] ?? older[principal] ?? now, now)
        let next = full + interval
        let wait = next - now - Self.minute
        guard wait <= .zero else { return wait }
        recent[principal] = next
        if recent.count >= capacity {
            older = recent
            recent = [:]
        }
        return nil
    }
}
