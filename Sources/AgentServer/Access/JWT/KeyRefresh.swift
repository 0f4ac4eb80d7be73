/// When keys are fetched, and who waits for that: a pure state machine.
struct KeyRefresh: Sendable {
    /// What a request does whose key is not there.
    enum Answer: Equatable {
        /// Goes without.
        case refuse
        /// Waits for the end of the fetch that is under way.
        case wait
        /// Has keys fetched, and waits.
        case fetch
    }

    /// How long keys are good.
    static let age = Duration.seconds(3600)
    /// How often an unknown key has others fetched at most, and how long it takes to try again when that has failed.
    static let pause = Duration.seconds(60)
    /// Requests that wait at the same time.
    static let maximumWaiting = 1000

    /// Whether a fetch is under way, or has been asked for.
    private(set) var isUnderWay = false
    private var lastAsked: ContinuousClock.Instant?
    private var lastEnd: ContinuousClock.Instant?
    private var hasFailed = false
    private var hasKeys = false

    /// A request names a key that is not there.
    mutating func missed(waiting: Int, now: ContinuousClock.Instant) -> Answer {
        if isUnderWay { return waiting < Self.maximumWaiting ? .wait : .refuse }
        if let lastAsked, now < lastAsked + Self.pause { return .refuse }
        lastAsked = now
        isUnderWay = true
        return .fetch
    }

    /// Some time has passed. Whether keys are to be fetched.
    mutating func passed(now: ContinuousClock.Instant) -> Bool {
        guard !isUnderWay, let lastEnd, now >= lastEnd + (hasFailed ? Self.pause : Self.age) else { return false }
        isUnderWay = true
        return true
    }

    /// A fetch begins that nobody has asked for.
    mutating func began() {
        isUnderWay = true
    }

    /// A fetch has ended.
    mutating func ended(failed: Bool, now: ContinuousClock.Instant) {
        isUnderWay = false
        hasFailed = failed
        lastEnd = now
        guard !failed, !hasKeys else { return }
        hasKeys = true
        // Whoever asked for the first ones, because it came before the server had them, named no unknown key.
        lastAsked = nil
    }
}
