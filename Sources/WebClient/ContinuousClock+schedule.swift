package import NIOCore
import NIOPosix

extension ContinuousClock.Instant {
    /// Has something done on an event loop when the time has come, unless that is cancelled before.
    ///
    /// A task that sleeps stays with the system until its time has come, cancelled or not.
    package func schedule(_ work: @escaping @Sendable () -> Void) -> Scheduled<Void> {
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.any()
        return loop.scheduleTask(in: TimeAmount(web: ContinuousClock.now.duration(to: self)), work)
    }
}
