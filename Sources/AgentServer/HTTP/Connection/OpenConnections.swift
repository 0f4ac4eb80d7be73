import NIOCore
import Synchronization

/// The connections that are open.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        /// Connections that were accepted and are not set up yet.
        var expected: Set<UInt64> = []
        var nextExpected: UInt64 = 0
        /// What the connections were told last; those that were accepted just before are told as well.
        var drain: ConnectionDrain?
        var isClosing = false
        var waiting: [OneShot<Void>] = []

        /// Those to wake, when the last connection has closed.
        mutating func takeWaiting() -> [OneShot<Void>] {
            guard channels.isEmpty, expected.isEmpty else { return [] }
            defer { waiting = [] }
            return waiting
        }
    }

    private let state = Mutex(State())

    /// Counts a connection that will be added, or given up.
    func expect() -> UInt64 {
        state.withLock { state in
            state.nextExpected += 1
            state.expected.insert(state.nextExpected)
            return state.nextExpected
        }
    }

    /// Forgets a connection that could not be set up.
    func giveUp(_ expected: UInt64) {
        let waiting = state.withLock { state in
            state.expected.remove(expected)
            return state.takeWaiting()
        }
        for waiter in waiting { waiter.set(()) }
    }

    /// Counts a connection until it closes.
    func add(_ channel: any Channel, expected: UInt64) {
        let id = ObjectIdentifier(channel)
        let (drain, isClosing) = state.withLock { state in
            state.expected.remove(expected)
            state.channels[id] = channel
            return (state.drain, state.isClosing)
        }
        channel.closeFuture.whenComplete { [self] _ in
            let waiting = state.withLock { state in
                state.channels[id] = nil
                return state.takeWaiting()
            }
            for waiter in waiting { waiter.set(()) }
        }
        // Later, when the connection has its handlers.
        if isClosing {
            channel.eventLoop.execute { channel.close(promise: nil) }
        } else if let drain {
            channel.eventLoop.execute { Self.tell(drain, channel) }
        }
    }

    /// Tells all connections how to go on.
    func tell(_ drain: ConnectionDrain) {
        let channels = state.withLock { state in
            state.drain = drain
            return Array(state.channels.values)
        }
        for channel in channels { channel.eventLoop.execute { Self.tell(drain, channel) } }
    }

    private static func tell(_ drain: ConnectionDrain, _ channel: any Channel) {
        channel.pipeline.fireUserInboundEventTriggered(drain)
        // What HTTP/2 understands: it tells the client to send no more on this connection.
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// Closes all connections, whatever they are at.
    func closeAll() {
        let channels = state.withLock { state in
            state.isClosing = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Returns when no connection is open, or the task is cancelled.
    func waitUntilEmpty() async {
        let empty = OneShot<Void>()
        let isEmpty = state.withLock { state in
            if state.channels.isEmpty, state.expected.isEmpty { return true }
            state.waiting.append(empty)
            return false
        }
        if isEmpty { return }
        await withTaskCancellationHandler {
            await empty.value
        } onCancel: {
            empty.set(())
        }
    }
}
