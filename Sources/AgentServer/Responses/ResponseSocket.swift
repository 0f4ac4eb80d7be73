import AgentJSON
import NIOCore
import OpenResponses
import Synchronization

/// Open Responses over a WebSocket: each message asks for one response, whose events come as messages, one turn after
/// the other.
///
/// The latest response stays in the connection's memory, where it can be continued whether it is stored or not.
struct ResponseSocket: Sendable {
    /// How long a connection may be used, by the standard.
    static let standardLifetime = Duration.seconds(60 * 60)

    private let invoker: Invoker
    private let access: AccessControl?
    private let dialect: OpenResponsesDialect
    private let lifetime: Duration

    /// - Parameters:
    ///   - dialect: The dialect of the path.
    ///   - access: Counts the turns; `nil` where nothing is counted.
    ///   - lifetime: How long a connection may be used.
    init(_ dialect: OpenResponsesDialect, invoker: Invoker, access: AccessControl?, lifetime: Duration) {
        self.invoker = invoker
        self.access = access
        var dialect = dialect
        dialect.framing = .lines
        self.dialect = dialect
        self.lifetime = lifetime
    }

    /// Serves one connection until one side closes it.
    func serve(_ exchange: Exchange, _ socket: WebSocket) async {
        let state = OneConnection()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await Task.sleep(for: lifetime)
                guard !Task.isCancelled, state.expire() else { return }
                await endLife(of: socket)
            }
            await takeTurns(exchange, socket, state)
            group.cancelAll()
        }
    }

    private func takeTurns(_ exchange: Exchange, _ socket: WebSocket, _ connection: OneConnection) async {
        var dialect = dialect
        let memory = TurnMemory()
        dialect.memory = memory
        while let message = await socket.receive() {
            guard connection.beginTurn() else { return }
            do {
                switch message {
                case .text(let text): try await answer(text, exchange, socket, dialect, memory)
                case .binary:
                    let error = DialectError(
                        status: 400, message: "Messages must be texts.", code: "invalid_value"
                    )
                    try await socket.send(text: Self.envelope(error))
                }
            } catch {
                // The client has gone.
                return
            }
            guard connection.endTurn() else { return await endLife(of: socket) }
        }
    }

    private func answer(
        _ text: [UInt8], _ exchange: Exchange, _ socket: WebSocket, _ dialect: OpenResponsesDialect,
        _ memory: TurnMemory
    ) async throws {
        switch await outcome(of: text, exchange, dialect) {
        case .stream(let frames):
            defer {
                frames.abandon()
                exchange.client.forget()
            }
            while let lines = await frames.next() {
                for line in lines.readableBytesView.split(separator: UInt8(ascii: "\n")) {
                    try await socket.send(text: ByteBuffer(line))
                }
            }
        case .failure(let error):
            // Whoever goes on with a response that could not be gone on with finds it no more.
            let id = await invoker.pool.run(bytes: text.count) {
                (try? JSON(parsing: text))?["previous_response_id"]?.stringValue
            }
            if let id { memory.forget(id) }
            try await socket.send(text: Self.envelope(error))
        case .body(let body):
            // A turn is always a stream.
            try await socket.send(text: body)
        }
    }

    /// Invokes the agent, unless the principal has asked too often: a turn counts as a request of its own, or one
    /// connection would be a way past the limit.
    private func outcome(
        of text: [UInt8], _ exchange: Exchange, _ dialect: OpenResponsesDialect
    ) async -> Invoker.Outcome {
        do {
            try access?.count(exchange.principal)
        } catch {
            return .failure(error.dialectError)
        }
        return await invoker.invoke(text, exchange, in: dialect)
    }

    private func endLife(of socket: WebSocket) async {
        let minutes = lifetime.components.seconds / 60
        let error = DialectError(
            status: 400, message: "The connection has been open for \(minutes) minutes, which is the limit.",
            code: "websocket_connection_limit_reached"
        )
        try? await socket.send(text: Self.envelope(error))
        await socket.close(code: .normal)
    }

    /// An error as a message.
    static func envelope(_ error: DialectError) -> [UInt8] {
        let envelope: JSONObject = [
            "type": "error", "status": .number(JSONNumber(error.status)),
            "error": .object(OpenResponsesError.object(error)),
        ]
        return envelope.encoded()
    }
}

/// Whether a connection answers, and whether its time is over.
private final class OneConnection: Sendable {
    private struct State {
        var isAnswering = false
        var isExpired = false
    }

    private let state = Mutex(State())

    /// Whether a turn may begin.
    func beginTurn() -> Bool {
        state.withLock { state in
            state.isAnswering = true
            return !state.isExpired
        }
    }

    /// Whether another turn may follow.
    func endTurn() -> Bool {
        state.withLock { state in
            state.isAnswering = false
            return !state.isExpired
        }
    }

    /// The time is over. Whether nothing is being answered, so that the connection can be closed at once.
    func expire() -> Bool {
        state.withLock { state in
            state.isExpired = true
            return !state.isAnswering
        }
    }
}
