/// The time of a response, or of a tool, is over.
struct OutOfTime: Error, CustomStringConvertible {
    var description: String { "It took too long and was cut off" }
}

/// Does something, and cancels it when its time is over.
///
/// - Throws: ``OutOfTime`` then; what the work throws otherwise.
func withDeadline<Value: Sendable>(
    _ deadline: ContinuousClock.Instant, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(until: deadline, clock: .continuous)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw OutOfTime() }
        return value
    }
}
