import NIOCore
import Synchronization

/// What others hold an exchange by that is on an event loop.
final class WebControl: Sendable {
    private let loop: any EventLoop
    private let state = Mutex<(isCancelled: Bool, exchange: NIOLoopBound<WebExchange>?)>((false, nil))

    init(on loop: any EventLoop) {
        self.loop = loop
    }

    /// Names the exchange. On the event loop.
    func attach(_ exchange: WebExchange) {
        let isCancelled = state.withLock { state in
            state.exchange = NIOLoopBound(exchange, eventLoop: loop)
            return state.isCancelled
        }
        if isCancelled { exchange.fail(Self.cancelled) }
    }

    /// Ends the exchange, also one that has yet to begin.
    func cancel() {
        let exchange = state.withLock { state in
            state.isCancelled = true
            return state.exchange
        }
        guard let exchange else { return }
        loop.execute { exchange.value.fail(Self.cancelled) }
    }

    /// Has no more of the answer read for now, or goes on.
    ///
    /// - Parameter wish: What is wanted; asked on the event loop.
    func setReading(_ wish: @escaping @Sendable () -> Bool) {
        guard let exchange = state.withLock({ $0.exchange }) else { return }
        loop.execute { exchange.value.setReading(wish()) }
    }

    /// Changes how long nothing may come before the end of the answer.
    func setPause(_ pause: TimeAmount, until end: NIODeadline?) {
        guard let exchange = state.withLock({ $0.exchange }) else { return }
        loop.execute { exchange.value.setPause(pause, until: end) }
    }

    /// Ends the exchange if it does not end by itself in that time.
    func finish(within time: TimeAmount) {
        guard let exchange = state.withLock({ $0.exchange }) else { return }
        loop.execute { [loop] in
            exchange.value.setReading(true)
            guard !exchange.value.isOver else { return }
            _ = loop.scheduleTask(in: time) { exchange.value.fail(Self.cancelled) }
        }
    }

    private static let cancelled = WebFailure(.cancelled, "cancelled")
}
