/// A point in time as stores keep it: milliseconds since 1970.
public struct RunTime: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public var milliseconds: Int64

    /// A point in time.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Whole seconds since 1970, as responses tell them.
    public var seconds: Int64 { milliseconds / 1000 }

    public static func < (left: RunTime, right: RunTime) -> Bool { left.milliseconds < right.milliseconds }

    /// This time and a while.
    public static func + (time: RunTime, duration: Duration) -> RunTime {
        let (seconds, attoseconds) = duration.components
        return RunTime(milliseconds: time.milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
