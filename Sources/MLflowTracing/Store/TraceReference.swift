/// What a trace that is kept is called.
///
/// A trace of the server's own has an id that nothing else has. One that goes on with a caller's trace shares the caller's
/// id with every other call that does: to tell them apart, the id of its root span follows.
package struct TraceReference: Sendable, Hashable {
    package var trace: TraceID
    /// The root span of a call that goes on with a caller's trace. Without it, the call is meant that began the trace, or
    /// the newest one where that is not here.
    package var root: SpanID?

    package init(_ trace: TraceID, root: SpanID? = nil) {
        self.trace = trace
        self.root = root
    }

    /// `tr-` and 32 hexadecimal digits; `:` and 16 more where there is a root.
    package var text: String { root.map { "\(trace.text):\($0.hex)" } ?? trace.text }

    /// Reads a reference as ``text`` writes it, with or without `tr-`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let trace = parts.first.flatMap({ TraceID($0) }) else { return nil }
        self.init(trace)
        guard parts.count > 1 else { return }
        guard let root = SpanID(parts[1]) else { return nil }
        self.root = root
    }

    /// Whether it may mean a trace.
    func mayMean(_ trace: TraceID, root: SpanID?) -> Bool {
        trace == self.trace && (self.root == nil || self.root == root)
    }
}

/// What decides which of several traces a reference means.
package struct TraceRank: Sendable, Comparable {
    /// Whether the trace goes on with a caller's.
    package var isRemote: Bool
    package var position: TracePosition

    /// The one that began the trace comes last, and before it the newest.
    package static func < (left: TraceRank, right: TraceRank) -> Bool {
        left.isRemote == right.isRemote ? left.position < right.position : left.isRemote
    }
}
