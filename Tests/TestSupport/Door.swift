import Dispatch
import Synchronization
import Testing

/// A door that a thread waits at, so that a test decides what gathers meanwhile.
package final class Door: Sendable {
    private let opened = DispatchSemaphore(value: 0)
    private let isReached = Atomic(false)

    package init() {}

    /// Waits on the thread it is called on.
    package func wait() {
        isReached.store(true, ordering: .sequentiallyConsistent)
        opened.wait()
    }

    /// Returns when somebody waits.
    package func reached() async throws {
        try await waitWhile { !isReached.load(ordering: .sequentiallyConsistent) }
    }

    package func open() { opened.signal() }
}
