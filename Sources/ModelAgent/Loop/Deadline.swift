import NIOCore
import NIOPosix
import WebClient

/// The time of a response, or of a tool, is over.
struct OutOfTime: Error, CustomStringConvertible {
    var description: String { "It took too long and was cut off" }
}

extension ContinuousClock.Instant {
    /// Has something done when the time has come, unless that is cancelled before.
    ///
    /// On an event loop: a task that sleeps stays with the system until its time has come, cancelled or not.
    func schedule(_ work: @escaping @Sendable () -> Void) -> Scheduled<Void> {
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.any()
        return loop.scheduleTask(in: TimeAmount(web: ContinuousClock.now.duration(to: self)), work)
    }
}
