import AgentServerTesting
import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import AgentServer

@Suite("The pool of agents' threads")
struct AgentPoolTests {
    @Test("keeps other calls going while agents block their threads")
    func blocking() async throws {
        let gate = Gate()
        let agent = ClosureAgent { request, response in
            if request.lastUserText == "block" { gate.block() }
            try await response.text("done")
        }
        let server = TestAgentServer(agent)
        try await withThrowingTaskGroup(of: TestAnswer.self) { group in
            // More than there are cores; Swift's own pool would be stuck for good.
            for _ in 0..<24 { group.addTask { await server.invoke(userMessage("block")) } }
            await gate.blocked.wait()
            #expect(await server.invoke(userMessage("go")).outputText == "done")
            #expect(await server.send("GET", "/health").status == 200)
            gate.open()
            for try await answer in group { #expect(answer.outputText == "done") }
        }
    }

    @Test("takes up all work, however it comes in and however long some of it blocks")
    func progress() async throws {
        let pool = AgentPool(coreThreads: 2, maximumThreads: 64)
        for _ in 0..<20 {
            let gate = Gate(count: 8)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask(executorPreference: pool) { gate.block() } }
                await gate.blocked.wait()
                gate.open()
            }
        }
    }

    @Test("has no more threads than cores while agents behave")
    func coreSize() async throws {
        // So patient that a busy machine cannot pass for a stuck agent.
        let pool = AgentPool(coreThreads: 2, maximumThreads: 4, patience: .seconds(3600))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 {
                group.addTask(executorPreference: pool) { await Task.yield() }
            }
        }
        #expect(pool.threadCount <= 2)
    }

    @Test("never has more threads than its maximum, and uses them all when they are stuck")
    func maximumSize() async throws {
        let pool = AgentPool(coreThreads: 2, maximumThreads: 4)
        let gate = Gate(count: 4)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 { group.addTask(executorPreference: pool) { gate.block() } }
            await gate.blocked.wait()
            #expect(pool.threadCount == 4)
            gate.open()
        }
    }
}

/// Blocks threads until it is opened.
private final class Gate: Sendable {
    /// Set when as many threads are blocked as were asked for.
    let blocked = Signal()
    private let expected: Int
    private let waiting = Mutex(0)
    private let turnstile = DispatchSemaphore(value: 0)

    init(count: Int = 24) {
        expected = count
    }

    func block() {
        let count = waiting.withLock { count in
            count += 1
            return count
        }
        if count == expected { blocked.set() }
        turnstile.wait()
        // The next one, too.
        turnstile.signal()
    }

    func open() {
        turnstile.signal()
    }
}
