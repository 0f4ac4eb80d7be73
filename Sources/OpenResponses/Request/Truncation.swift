/// What becomes of a conversation that is longer than the agent can take.
public enum Truncation: String, Sendable, Hashable {
    /// Old items may be dropped.
    case auto
    /// Nothing may be dropped: such a request fails.
    case disabled
}
