extension AgentPool {
    /// Up to how many bytes are worked on where they are: more would hold up all connections of an event loop.
    package static let smallBytes = 64 * 1024

    /// Does something in the pool.
    package func run<Value: Sendable, Failure: Error>(
        _ work: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = await withTaskExecutorPreference(self) { () async -> Result<Value, Failure> in
            do throws(Failure) { return .success(try await work()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Does something that takes a time in proportion to so many bytes: in the pool, unless they are few.
    func run<Value: Sendable, Failure: Error>(
        bytes: Int, _ work: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        bytes > Self.smallBytes ? try await run(work) : try await work()
    }
}
