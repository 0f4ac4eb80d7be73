import AgentJSON
package import AgentMetrics
import Logging
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A worker among others: whoever is asked for metrics asks all of them, and shows the sum.
///
/// Each worker listens on a socket in the folder that they share. To connect is to ask. One that does not answer in time
/// counts with what it has counted before, and without what it has at the moment.
package final class WorkerMetrics: Sendable {
    private let folder: MetricsFolder
    private let name: String
    /// Measures this process. Held while the result is written, so that no older one takes the place of a newer one.
    private let measure = Mutex<@Sendable () -> MetricsSnapshot>({ MetricsSnapshot() })

    /// How long another worker may take to answer.
    private static let patience = Duration.milliseconds(500)
    private static let answerLimit = 64 << 20

    init(_ folder: MetricsFolder) {
        self.folder = folder
        name = MetricsFolder.name(of: getpid())
    }

    // MARK: Answering

    /// Answers other workers until the task is cancelled.
    func run(_ measure: @escaping @Sendable () -> MetricsSnapshot, logger: Logger) async {
        self.measure.withLock { $0 = measure }
        do {
            let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(unixDomainSocketPath: folder.socket(of: name)) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<Never, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            try await server.executeThenClose { clients in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await client in clients { group.addTask { await self.answer(client) } }
                }
            }
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning("Other workers do not see the metrics of this one", metadata: ["error": "\(error)"])
        }
    }

    private func answer(_ client: NIOAsyncChannel<Never, ByteBuffer>) async {
        let bytes = publish().json.encoded()
        // One that has gone has waited for too long.
        try? await client.executeThenClose { _, outbound in try await outbound.write(ByteBuffer(bytes: bytes)) }
    }

    /// This process's metrics, as they may be shown: what outlives it is written down.
    private func publish() -> MetricsSnapshot {
        measure.withLock { measure in
            let snapshot = measure()
            folder.write(snapshot.totals, of: name)
            return snapshot
        }
    }

    /// Leaves for those who stay what was counted until now, as the last thing before the end.
    func leave() {
        _ = publish()
        unlink(folder.socket(of: name))
    }

    /// Removes the folder, for the supervisor cannot: it has gone.
    func abandon() { folder.remove() }

    // MARK: Asking

    /// The metrics of all workers, and of those that have ended.
    package func gather() async -> MetricsSnapshot {
        // Again, where a worker was added to those that have ended meanwhile: it would count twice, or not at all.
        for _ in 0..<3 {
            let ended = folder.ended
            let sum = await sum(ended)
            if folder.ended.last == ended.last { return sum }
        }
        return await sum(folder.ended)
    }

    private func sum(_ ended: MetricsFolder.Ended) async -> MetricsSnapshot {
        let others = folder.workers.subtracting([name, ended.last]).sorted()
        let answers = await withTaskGroup(of: (String, MetricsSnapshot?).self) { group in
            for other in others { group.addTask { (other, await self.ask(other)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var sum = ended.totals
        sum.merge(publish())
        for other in others {
            if let snapshot = answers[other] ?? folder.totals(of: other) { sum.merge(snapshot) }
        }
        return sum
    }

    private func ask(_ other: String) async -> MetricsSnapshot? {
        await withTaskGroup(of: MetricsSnapshot?.self) { group in
            group.addTask { try? await self.fetch(other) }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private func fetch(_ other: String) async throws -> MetricsSnapshot? {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(TimeAmount(Self.patience))
            .connect(unixDomainSocketPath: folder.socket(of: other)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, Never>(wrappingChannelSynchronously: channel)
                }
            }
        let bytes = try await channel.executeThenClose { inbound, _ in
            var bytes: [UInt8] = []
            for try await piece in inbound where bytes.count <= Self.answerLimit { bytes += piece.readableBytesView }
            return bytes
        }
        return MetricsSnapshot(try JSON(parsing: bytes))
    }
}
