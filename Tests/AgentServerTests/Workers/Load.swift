import AgentServer
import Synchronization
import TestSupport
import Testing

/// Clients that ask for `/health` again and again, each on a connection that it keeps for as long as it may.
final class Load: Sendable {
    /// What the clients have seen.
    struct Count: Sendable {
        var answers = 0
        /// Connections that nobody took.
        var refused = 0
        /// Connections that ended without the answer that was asked for.
        var brokenOff = 0
        /// Connections that ended with an answer which said so.
        var closedByServer = 0
    }

    private struct State {
        var count = Count()
        var isOver = false
        var waiting: [(answers: Int, signal: Signal)] = []
    }

    private let port: Int
    private let clients: Int
    private let state = Mutex(State())

    init(port: Int, clients: Int) {
        self.port = port
        self.clients = clients
    }

    /// Loads the server for as long as the body runs.
    func run(_ body: @escaping @Sendable () async throws -> Void) async -> Count {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<clients { group.addTask { await self.ask() } }
            do {
                try await body()
            } catch {
                Issue.record(error)
            }
            state.withLock { $0.isOver = true }
        }
        return state.withLock { $0.count }
    }

    /// Waits until there are so many more answers.
    func moreAnswers(_ number: Int) async {
        let signal = Signal()
        state.withLock { $0.waiting.append(($0.count.answers + number, signal)) }
        await signal.wait()
    }

    private var isOver: Bool { state.withLock { $0.isOver } }

    private func ask() async {
        while !isOver {
            let isConnected = Mutex(false)
            do {
                try await RawClient.with(port: port) { client in
                    isConnected.withLock { $0 = true }
                    while !self.isOver {
                        try await client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        let answer = try await client.read(until: #"{"status":"healthy"}"#)
                        guard answer.hasPrefix("HTTP/1.1 200") else { throw BrokenOff() }
                        let isLast = answer.contains("\r\nConnection: close")
                        self.note { count in
                            count.answers += 1
                            if isLast { count.closedByServer += 1 }
                        }
                        if isLast { return }
                    }
                }
            } catch {
                let isBroken = isConnected.withLock { $0 }
                note { count in
                    if isBroken { count.brokenOff += 1 } else { count.refused += 1 }
                }
            }
        }
    }

    private struct BrokenOff: Error {}

    private func note(_ body: (inout Count) -> Void) {
        let due = state.withLock { state in
            body(&state.count)
            let answers = state.count.answers
            defer { state.waiting.removeAll { $0.answers <= answers } }
            return state.waiting.filter { $0.answers <= answers }.map(\.signal)
        }
        for signal in due { signal.set() }
    }
}

extension RawClient.Conversation {
    /// The process id of the worker at the other end; the connection stays open.
    mutating func worker() async throws -> Int32 {
        try await send(post(#"{"input": [], "custom_inputs": {"pid": true}}"#))
        let answer = try await read(until: "}]}]}")
        return try #require(answer.firstMatch(of: /"text":"([0-9]+)"/).flatMap { Int32($0.1) })
    }
}
