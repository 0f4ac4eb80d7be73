import Dispatch
import Synchronization

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
    package func reached() async {
        while !isReached.load(ordering: .sequentiallyConsistent) { await Task.yield() }
    }

    package func open() { opened.signal() }
}
