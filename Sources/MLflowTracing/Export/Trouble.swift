import NIOHTTP1
import WebClient

/// Why a server did not do what it was asked for, and may do it later.
package struct Trouble: Sendable {
    package enum Kind: Sendable {
        /// Nobody is there, or asks for patience.
        case absence
        /// Somebody is there, and fails: perhaps because of what was asked.
        case failure
    }

    package var kind: Kind
    /// What happened, in a few words.
    package var reason: String
    /// Whether there was no connection.
    package var isUnreachable = false
    /// How long the server asks to wait.
    package var pause: Duration = .zero

    /// The statuses that MLflow's client repeats a request for, and what they mean.
    private static let statuses: [Int: Kind] = [
        408: .failure, 429: .absence, 500: .failure, 502: .failure, 503: .absence, 504: .failure,
    ]

    /// - Returns: `nil` for an answer that is final.
    init?(_ answer: WebAnswer) {
        guard let kind = Self.statuses[answer.status] else { return nil }
        self.kind = kind
        reason = "status \(answer.status)"
        // Within what a duration can hold; nobody waits that long anyway.
        if let seconds = answer.headers.first(name: "retry-after").flatMap(Int32.init), seconds > 0 {
            pause = .seconds(seconds)
        }
    }

    init(_ failure: WebFailure) {
        kind =
            switch failure.kind {
            case .timeout, .closed, .malformed: .failure
            case .connection, .cancelled, .refused: .absence
            }
        reason = failure.reason
        isUnreachable = kind == .absence
    }
}
