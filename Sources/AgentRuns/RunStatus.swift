/// Where a run stands.
///
/// `queued` → `in_progress` → one of the terminal states; `waiting` is a run that is parked until it gets a signal.
public enum RunStatus: String, Sendable, Hashable, CaseIterable {
    case queued
    case inProgress = "in_progress"
    case waiting
    case completed
    case failed
    case cancelled
    case incomplete

    /// Whether the run is over. A run that is over never changes.
    public var isTerminal: Bool {
        switch self {
        case .queued, .inProgress, .waiting: false
        case .completed, .failed, .cancelled, .incomplete: true
        }
    }
}
