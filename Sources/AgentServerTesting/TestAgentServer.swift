public import AgentJSON
public import AgentServer
import HTTPTypes
import Logging
import NIOCore

/// A whole server in the test's process, without a socket: validation, agent, events, framing, errors.
///
///     let server = TestAgentServer(Greeter())
///     let answer = await server.invoke(["input": [["role": "user", "content": "Ada"]]])
///     #expect(answer.json["output"]?[0]?["content"]?[0]?["text"] == "Hello, Ada")
///
/// Responses and traces are kept in memory, whatever store the configuration names; nothing is kept where it names `none`.
///
/// Cancelling the task of a call is what a client's leaving is on a socket: the agent is cancelled.
public struct TestAgentServer: Sendable {
    package let site: ServerSite

    /// A server for an agent.
    public init(
        _ agent: some ResponsesAgent, configuration: AgentServer.Configuration = AgentServer.Configuration()
    ) {
        self.init(AgentServer(agent, configuration: configuration))
    }

    /// A server with the handlers that are registered so far.
    public init(_ server: AgentServer) {
        var configuration = server.configuration
        if configuration.store.location != "none" { configuration.store.location = "memory:" }
        // In memory there is always room.
        let store = try? server.openStore(configuration)
        let logger = Logger(label: "test-agent-server")
        // Never written, but looked at: nobody runs the writer.
        let traces = server.keptTraces(in: store, configuration, logger: logger)
        // Nothing is sent away; what cannot be read of where to counts as nothing.
        let tracing = (try? configuration.callTracing(into: nil)) ?? Invoker.Tracing()
        site = server.site(configuration, store: store, traces: traces, tracing: tracing, logger: logger)
    }

    /// A server around what is there.
    package init(site: ServerSite) {
        self.site = site
    }

    /// A server that keeps nothing but hands its traces on.
    package init(_ server: AgentServer, tracing: Invoker.Tracing) {
        var configuration = server.configuration
        configuration.store.location = "none"
        site = server.site(configuration, store: nil, tracing: tracing, logger: Logger(label: "test-agent-server"))
    }

    /// Calls the agent at `/invocations` and waits for the whole answer.
    ///
    /// - Parameters:
    ///   - body: The request, an object as a rule.
    ///   - headers: Request headers.
    public func invoke(_ body: JSON, headers: [String: String] = [:]) async -> TestAnswer {
        await send("POST", "/invocations", headers: headers, body: body.encoded())
    }

    /// Calls the agent at `/invocations` with `stream: true` and waits for the end of the stream.
    ///
    /// - Parameters:
    ///   - body: The request, an object.
    ///   - headers: Request headers.
    ///   - onEvent: Sees every event when it comes.
    public func stream(
        _ body: JSON, headers: [String: String] = [:], onEvent: @escaping @Sendable (JSON) -> Void = { _ in }
    ) async -> TestAnswer {
        var body = body.objectValue ?? [:]
        body["stream"] = true
        return await send("POST", "/invocations", headers: headers, body: body.encoded(), onEvent: onEvent)
    }

    /// Sends any request.
    ///
    /// - Parameters:
    ///   - method: The HTTP method.
    ///   - target: Path and query, undecoded.
    ///   - headers: Request headers.
    ///   - body: The body's bytes.
    ///   - onEvent: Sees every event of a stream when it comes.
    public func send(
        _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = [],
        onEvent: @escaping @Sendable (JSON) -> Void = { _ in }
    ) async -> TestAnswer {
        let request = ServerRequest(
            method: HTTPRequest.Method(method) ?? .get,
            target: target,
            authority: RequestHeaders(headers)["host"] ?? "localhost",
            headers: RequestHeaders(headers).fields,
            body: body
        )
        let client = ClientPresence()
        let start = ContinuousClock.now
        return await withTaskCancellationHandler {
            let reply = await site.answer(request, client: client)
            var bytes: [UInt8] = []
            switch reply.body {
            case .whole(let buffer):
                bytes = Array(buffer.readableBytesView)
            case .stream(let frames):
                site.metrics?.streamBegan()
                defer { site.metrics?.streamEnded() }
                var reader = EventStreamReader()
                while let buffer = await frames.next() {
                    bytes += buffer.readableBytesView
                    for event in reader.read(buffer.readableBytesView) { onEvent(event) }
                }
            case .webSocket:
                // Only a connection can go on as one, and says so in its request.
                break
            }
            client.forget()
            reply.metrics?.count(request.method, reply.status.code, since: start)
            return TestAnswer(status: reply.status.code, headers: RequestHeaders(fields: reply.headers), bytes: bytes)
        } onCancel: {
            client.leave()
        }
    }
}
