import AgentServerTesting
import HTTPTypes
import Logging
import NIOCore
import TestSupport
import Testing

@testable import AgentServer

@Suite("The server's limits")
struct LimitTests {
    private func configuration(_ change: (inout AgentServer.Configuration) -> Void) -> AgentServer.Configuration {
        var configuration = AgentServer.Configuration()
        change(&configuration)
        return configuration
    }

    @Test("refuse a body that is too large with 413")
    func body() async throws {
        let server = TestAgentServer(ClosureAgent(), configuration: configuration { $0.limits.bodyBytes = 100 })
        let small = await server.invoke(userMessage("x"))
        #expect(small.status == 200)
        let large = await server.invoke(userMessage(String(repeating: "x", count: 100)))
        #expect(large.status == 413)
        #expect(large.json == ["detail": "The request body is larger than 100 bytes"])
    }

    @Test("refuse JSON that is nested too deeply with 400", arguments: [512, 513, 100_000])
    func depth(levels: Int) async throws {
        let server = AgentServer()
        try server.invoke { (request: JSON) in request }
        let nested = String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1)
        let answer = await TestAgentServer(server).send("POST", "/invocations", body: Array(#"{"a":\#(nested)}"#.utf8))
        #expect(answer.status == (levels <= 512 ? 200 : 400))
    }

    @Test("answer 503 with Retry-After beyond the requests at once, but never to /health")
    func concurrency() async throws {
        let started = Signal()
        let release = Signal()
        let agent = ClosureAgent { request, response in
            if request.lastUserText == "hold" {
                started.set()
                await release.wait()
            }
            try await response.text("done")
        }
        let server = TestAgentServer(agent, configuration: configuration { $0.limits.concurrentRequests = 1 })
        async let held = server.stream(userMessage("hold"))
        await started.wait()
        let refused = await server.invoke(userMessage("go"))
        #expect(refused.status == 503)
        #expect(refused.headers["retry-after"] == "1")
        #expect(await server.send("GET", "/health").status == 200)
        release.set()
        #expect(await held.outputText == "done")
        #expect(await server.invoke(userMessage("go")).status == 200)
    }

    @Test("end a synchronous call that gathers too much")
    func output() async throws {
        let agent = ClosureAgent { _, response in
            while true { try await response.text(String(repeating: "x", count: 1000)) }
        }
        let server = TestAgentServer(agent, configuration: configuration { $0.limits.outputBytes = 10_000 })
        let answer = await server.invoke(userMessage("?"))
        #expect(answer.status == 500)
        #expect(answer.json == ["detail": "The agent's output is larger than 10000 bytes"])
    }

    @Test("stop an invocation that takes too long, and answer its client even where the agent does not listen")
    func time() async throws {
        let started = Signal()
        let release = Signal()
        let agent = ClosureAgent { _, response in
            try await response.text("so far")
            started.set()
            await release.wait()
        }
        let server = AgentServer(agent)
        let site = server.site(
            configuration { $0.limits.invocationTime = .seconds(7) }, store: nil, logger: Logger(label: "test"))
        let request = ServerRequest(
            method: .post, target: "/invocations", body: userMessage("?").encoded()
        )
        async let reply = site.answer(request, client: ClientPresence())
        await started.wait()
        site.invoker.registry.sweep(now: .now + .seconds(6))
        #expect(site.invoker.registry.count == 1)
        site.invoker.registry.sweep(now: .now + .seconds(8))
        #expect(await reply.status == 504)
        #expect(await text(of: reply) == #"{"detail":"The invocation took longer than 7 seconds"}"#)
        // It is still counted until the agent's code has ended.
        #expect(site.invoker.registry.count == 1)
        release.set()
    }

    @Test("end a stream that takes too long with an error")
    func streamTime() async throws {
        let started = Signal()
        let cancelled = Signal()
        let agent = ClosureAgent { _, response in
            try await response.text("so far")
            started.set()
            try await waitForCancellation(telling: cancelled)
        }
        let site = AgentServer(agent).site(
            configuration { $0.limits.invocationTime = .seconds(7) }, store: nil, logger: Logger(label: "test")
        )
        var body = userMessage("?").objectValue ?? [:]
        body["stream"] = true
        let request = ServerRequest(method: .post, target: "/invocations", body: body.encoded())
        let reply = await site.answer(request, client: ClientPresence())
        await started.wait()
        site.invoker.registry.sweep(now: .now + .seconds(8))
        await cancelled.wait()
        let text = await text(of: reply)
        #expect(text.contains("so far"))
        #expect(
            text.hasSuffix("data: {\"error\": \"The invocation took longer than 7 seconds\"}\n\ndata: [DONE]\n\n")
        )
    }

    @Test("let invocations go on during a drain, and stop them at its end")
    func drain() async throws {
        let started = Signal()
        let cancelled = Signal()
        let agent = ClosureAgent { _, _ in
            started.set()
            try await waitForCancellation(telling: cancelled)
        }
        let site = AgentServer(agent).site(configuration { _ in }, store: nil, logger: Logger(label: "test"))
        let request = ServerRequest(
            method: .post, target: "/invocations", body: userMessage("?").encoded()
        )
        async let reply = site.answer(request, client: ClientPresence())
        await started.wait()
        let end = ContinuousClock.now + .seconds(30)
        site.invoker.registry.drain(until: end)
        site.invoker.registry.sweep(now: end - .seconds(1))
        #expect(site.invoker.registry.count == 1)
        site.invoker.registry.sweep(now: end)
        await cancelled.wait()
        #expect(await reply.status == 503)
        // What comes later is stopped at once.
        #expect(await site.answer(request, client: ClientPresence()).status == 503)
    }

    private func text(of reply: Reply) async -> String {
        switch reply.body {
        case .whole(let buffer):
            return String(buffer: buffer)
        case .stream(let frames):
            var text = ""
            while let buffer = await frames.next() { text += String(buffer: buffer) }
            return text
        case .webSocket:
            return ""
        }
    }
}
