extension SQLiteStore {
    /// How a store is kept.
    public struct Configuration: Sendable {
        /// How long finished runs and conversations are kept: a run from its end, a conversation from its last change.
        public var maximumAge: Duration = .seconds(7 * 24 * 3600)
        /// How many bytes the database may have; beyond, what has ended first goes first, at the next sweep.
        ///
        /// Pages that are free to be used again do not count: the file keeps the size that it once had.
        public var maximumBytes = 2 << 30
        /// How many traces are kept: the newest ones.
        public var maximumTraces = 10_000
        /// How long traces are kept, from their requests on.
        public var maximumTraceAge: Duration = .seconds(7 * 24 * 3600)
        /// How many operations may wait to be written; beyond, they fail with the code `overloaded`.
        public var maximumWaitingWrites = 16_384
        /// How many bytes the waiting operations may have together. One that is larger may wait where nothing else does.
        public var maximumWaitingBytes = 64 << 20
        /// How long an operation waits for other processes that write to the same file.
        public var busyTimeout: Duration = .seconds(10)
        /// How many reads may go on at once.
        public var readers = 4

        /// The defaults.
        public init() {}
    }
}
