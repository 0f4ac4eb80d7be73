import NIOCore
import Synchronization

/// The connections that are open.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        /// What the connections were told last; those that were accepted just before are told as well.
        var drain: ConnectionDrain?
        var waiting: [OneShot<Void>] = []
    }

    private let state = Mutex(State())

    /// Counts a connection until it closes.
    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let drain = state.withLock { state in
            state.channels[id] = channel
            return state.drain
        }
        channel.closeFuture.whenComplete { [self] _ in
            let waiting: [OneShot<Void>] = state.withLock { state in
                state.channels[id] = nil
                guard state.channels.isEmpty else { return [] }
                defer { state.waiting = [] }
                return state.waiting
            }
            for waiter in waiting { waiter.set(()) }
        }
        // Later, when the connection has its handlers.
        if let drain { channel.eventLoop.execute { Self.tell(drain, channel) } }
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
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }

    /// Returns when no connection is open, or the task is cancelled.
    func waitUntilEmpty() async {
        let empty = OneShot<Void>()
        let isEmpty = state.withLock { state in
            if !state.channels.isEmpty { state.waiting.append(empty) }
            return state.channels.isEmpty
        }
        if isEmpty { return }
        await withTaskCancellationHandler {
            await empty.value
        } onCancel: {
            empty.set(())
        }
    }
}
