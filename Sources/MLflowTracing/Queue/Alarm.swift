import Synchronization

/// Sleep that can be ended before its time.
final class Alarm: Sendable {
    private struct State {
        var count = 0
        /// Those who sleep; as many as there are tasks of an exporter.
        var sleepers: [Int: Task<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Wakes all who sleep now.
    func ring() {
        let sleepers = state.withLock { state in
            defer { state.sleepers = [:] }
            return state.sleepers.values
        }
        for sleeper in sleepers { sleeper.cancel() }
    }

    /// Sleeps until the time is over, the alarm rings, or the task is cancelled.
    ///
    /// - Parameter isAwake: Whether there is nothing to sleep for. It is asked when the alarm would already be heard: who
    ///   first makes it true and then rings is never slept through.
    func sleep(for time: Duration, unless isAwake: () -> Bool) async {
        let sleeper = Task { _ = try? await Task.sleep(for: time) }
        let number = state.withLock { state in
            state.count += 1
            state.sleepers[state.count] = sleeper
            return state.count
        }
        if isAwake() { sleeper.cancel() }
        await withTaskCancellationHandler {
            await sleeper.value
        } onCancel: {
            sleeper.cancel()
        }
        state.withLock { $0.sleepers[number] = nil }
    }
}
