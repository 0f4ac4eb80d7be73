import NIOCore
import NIOHTTP1
import NIOPosix

/// So many clients at once, each with one stream after the other.
struct Load: Sendable {
    let streams: Int
    let repeats: Int
    let deltas: Int
    let interval: TimeAmount
    let port: Int
    let path: String

    /// What the clients have seen; times in nanoseconds.
    struct Result: Sendable {
        var deltas: [Int64] = []
        var firsts: [Int64] = []
        /// Streams that were not what they had to be.
        var faults = 0

        var json: String {
            let (deltas, firsts) = (deltas.sorted(), firsts.sorted())
            let figures = [
                ("delta_p50", at(0.5, deltas)), ("delta_p99", at(0.99, deltas)), ("first_p50", at(0.5, firsts)),
                ("first_p99", at(0.99, firsts)),
            ].map { "\"\($0)\": \(Double($1) / 1e6)" }
            return "{\"count\": \(deltas.count), \"faults\": \(faults), \(figures.joined(separator: ", "))}"
        }

        private func at(_ share: Double, _ sorted: [Int64]) -> Int64 {
            sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
        }
    }

    /// - Parameter line: `STREAMS REPEATS DELTAS MILLISECONDS PORT PATH`.
    init?(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count == 6 else { return nil }
        let numbers = words[..<5].compactMap { Int($0) }
        guard numbers.count == 5, numbers.allSatisfy({ $0 > 0 }) else { return nil }
        (streams, repeats, deltas) = (numbers[0], numbers[1], numbers[2])
        interval = .milliseconds(Int64(numbers[3]))
        port = numbers[4]
        path = String(words[5])
    }

    /// Whether the endpoint is asked without a server in between.
    var isDirect: Bool { path.hasSuffix("/chat/completions") }

    /// The request of every stream.
    var body: String {
        let text = "timestamps \(deltas) \(interval.nanoseconds / 1_000_000)"
        return isDirect
            ? #"{"model":"bench","stream":true,"messages":[{"role":"user","content":"\#(text)"}]}"#
            : #"{"model":"bench","stream":true,"store":false,"input":"\#(text)"}"#
    }

    /// Connects all clients, then has them begin one after the other within one interval, so that pieces do not come in bursts.
    func run(on group: MultiThreadedEventLoopGroup) async throws -> Result {
        let loop = group.any()
        var clients: [(channel: any Channel, result: EventLoopFuture<Result>)] = []
        for _ in 0..<streams {
            let promise = loop.makePromise(of: Result.self)
            do {
                clients.append((try await connect(promise, group), promise.futureResult))
            } catch {
                promise.fail(error)
                throw error
            }
        }
        let start = NIODeadline.now() + .milliseconds(50)
        for (index, client) in clients.enumerated() {
            let offset = TimeAmount.nanoseconds(interval.nanoseconds * Int64(index) / Int64(streams))
            client.channel.pipeline.fireUserInboundEventTriggered(Client.Begin(at: start + offset))
        }
        var all = Result()
        for client in clients {
            let result = try await client.result.get()
            all.deltas += result.deltas
            all.firsts += result.firsts
            all.faults += result.faults
        }
        return all
    }

    private func connect(
        _ promise: EventLoopPromise<Result>, _ group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        try await ClientBootstrap(group: group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(Client(self, promise))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }
}
