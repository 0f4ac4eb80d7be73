import AgentServer
import Logging
import NIOCore
import Synchronization
import WebClient

/// Runs the agent's own tools, those of one turn at the same time.
struct ToolRun {
    private let tools: ToolBox
    private let limits: ModelAgent.Limits
    private let deadline: ContinuousClock.Instant

    init(_ agent: ModelAgent, until deadline: ContinuousClock.Instant) {
        tools = agent.tools
        limits = agent.limits
        self.deadline = deadline
    }

    /// Runs calls.
    ///
    /// - Returns: What each of them came to, in their order; also what failed, and what was cut off.
    func outputs(of calls: [Item]) async -> [Item] {
        var outputs = [String?](repeating: nil, count: calls.count)
        await withTaskGroup(of: (Int, String).self) { group in
            var next = 0
            func begin() {
                guard next < calls.count else { return }
                let index = next
                next += 1
                group.addTask { (index, await self.output(of: calls[index])) }
            }
            for _ in 0..<max(1, limits.simultaneousTools) { begin() }
            for await (index, output) in group {
                outputs[index] = output
                begin()
            }
        }
        return zip(calls, outputs).map { call, output in
            .functionCallOutput(callID: call.callID ?? "", output: output ?? "")
        }
    }

    private func output(of call: Item) async -> String {
        let start = ContinuousClock.now
        guard let tool = tools[call.name ?? ""] else {
            ToolMetrics.count(nil, .unknown, since: start)
            return "There is no tool of this name"
        }
        let arguments = call.arguments ?? ""
        let end = min(deadline, start + limits.toolTime)
        do {
            let output = try await withSpan(tool.name, type: .tool, inputs: Self.inputs(arguments)) { span in
                let output = try await Self.run(tool, arguments, until: end)
                span.setOutputs(.string(output))
                return output
            }
            ToolMetrics.count(tool.name, .ok, since: start)
            return output
        } catch is OutOfTime {
            ToolMetrics.count(tool.name, .timeout, since: start)
            return "The tool took too long and was cut off"
        } catch {
            ToolMetrics.count(tool.name, Task.isCancelled ? .cancelled : .failed, since: start)
            // The model learns less of it.
            AgentContext.current?.logger.info("Tool failed", metadata: ["tool": "\(tool.name)", "error": "\(error)"])
            return tool.outcome(of: error)
        }
    }

    /// The arguments as MLflow shows them.
    private static func inputs(_ arguments: String) -> JSON {
        (try? JSON(parsing: Array(arguments.utf8))) ?? .string(arguments)
    }

    /// Runs a tool in the pool of the agents, where it may block. One that does not heed its cancellation is left behind when
    /// its time is over.
    private static func run(_ tool: Tool, _ arguments: String, until end: ContinuousClock.Instant) async throws
        -> String
    {
        let race = Race<String>()
        let work = Task(executorPreference: AgentPool.shared) {
            do { race.settle(.success(try await tool.call(arguments))) } catch { race.settle(.failure(error)) }
        }
        let alarm = end.schedule { race.settle(.failure(OutOfTime())) }
        defer {
            work.cancel()
            alarm.cancel()
        }
        return try await withTaskCancellationHandler {
            try await race.value()
        } onCancel: {
            race.settle(.failure(CancellationError()))
        }
    }
}

/// What one of several comes to, the first of them.
private final class Race<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var reader: CheckedContinuation<Value, any Error>?
    }

    private let state = Mutex(State())

    func settle(_ result: Result<Value, any Error>) {
        let reader = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            guard state.result == nil else { return nil }
            state.result = result
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(with: result)
    }

    func value() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let result = state.withLock { state -> Result<Value, any Error>? in
                if state.result == nil { state.reader = continuation }
                return state.result
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
