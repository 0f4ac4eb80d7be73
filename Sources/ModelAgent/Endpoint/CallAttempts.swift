/// Decides whether a call that failed is made once more.
struct CallAttempts {
    private let limits: Model.Limits
    /// When no further attempt begins.
    private let end: ContinuousClock.Instant
    private var made = 0
    /// Whether something of an answer has been shown: then the call is not repeated, or the client would read it twice.
    var hasShown = false

    /// - Parameter deadline: When all of them are over.
    init(_ limits: Model.Limits, until deadline: ContinuousClock.Instant) {
        self.limits = limits
        end = min(.now + limits.firstPiece, deadline)
    }

    /// How long to wait before the next attempt; `nil` where the failure is final.
    mutating func pause(after failure: ModelFailure) -> Duration? {
        made += 1
        guard !hasShown, made < limits.attempts, failure.isPassing else { return nil }
        if let wanted = failure.retryAfter, wanted > limits.longestRetryAfter { return nil }
        let base = Duration.milliseconds(500) * (1 << min(made - 1, 5))
        let pause = max(failure.retryAfter ?? .zero, base * Double.random(in: 0.75...1.25))
        return .now + pause < end ? pause : nil
    }
}

extension ModelFailure {
    /// Whether another attempt may fare better.
    var isPassing: Bool {
        // Neither waiting nor asking again fills an account.
        guard code != "insufficient_quota" else { return false }
        switch kind {
        case .unreachable, .broken: return true
        case .status(let status): return [408, 409, 429, 500, 502, 503, 504, 529].contains(status)
        case .unsupported, .malformed, .reported, .overloaded: return false
        }
    }
}
