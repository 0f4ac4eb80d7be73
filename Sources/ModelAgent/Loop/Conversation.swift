import AgentServer

/// One response: calls of the model and of the agent's tools, until the model is done or a bound is reached.
struct Conversation {
    private let agent: ModelAgent
    private let request: AgentRequest
    private let response: ResponseWriter
    private let choice: ToolChoice
    private let deadline: ContinuousClock.Instant
    private let outputTokens: Int?

    /// - Throws: ``ModelFailure`` where the request cannot be answered by such an agent.
    init(of agent: ModelAgent, _ request: AgentRequest, _ response: ResponseWriter) throws(ModelFailure) {
        self.agent = agent
        self.request = request
        self.response = response
        choice = try ToolChoice(request, own: agent.tools)
        deadline = .now + agent.limits.time
        outputTokens = [request.maxOutputTokens, agent.limits.outputTokens].compactMap { $0 }.min()
    }

    func run() async throws {
        var input = CallHistory.answered(request.input)
        var usage = UsageTotal()
        var toolCalls = 0
        for turn in 1... {
            if let reason = reachedBound(turn, usage) {
                try await response.incomplete(reason: reason)
                break
            }
            let answer: ModelAnswer
            do {
                answer = try await callModel(with: input, turn: turn, used: usage)
            } catch is OutOfTime {
                try await response.incomplete(reason: "max_time")
                break
            }
            usage.add(answer)
            // At once: should a later turn fail, these were used all the same.
            if let total = usage.total { try await response.usage(total) }
            input += answer.items
            if let reason = answer.incompleteReason {
                try await response.incomplete(reason: reason)
                break
            }
            let calls = answer.items.filter { $0.type == "function_call" }
            let own = calls.filter { !choice.isClients($0.name ?? "") }
            guard !own.isEmpty else { break }
            let allowed = min(own.count, max(0, (maximumToolCalls ?? .max) - toolCalls))
            toolCalls += allowed
            var outputs = await ToolRun(agent, until: deadline).outputs(of: Array(own.prefix(allowed)))
            outputs += own.dropFirst(allowed).map { call in
                .functionCallOutput(callID: call.callID ?? "", output: "Not run: no more calls are allowed")
            }
            for output in outputs {
                try await response.item(output)
                input.append(output)
            }
            try Task.checkCancellation()
            // The rest is the client's to answer.
            if own.count < calls.count { break }
        }
    }

    /// How many calls of its own tools the client lets the agent make.
    private var maximumToolCalls: Int? { request["max_tool_calls"]?.intValue }

    /// The bound that is reached before a turn.
    private func reachedBound(_ turn: Int, _ usage: UsageTotal) -> String? {
        if turn > agent.limits.turns { return "max_turns" }
        if deadline <= .now { return "max_time" }
        // A first turn is asked for whatever it may have.
        if let outputTokens, turn > 1, outputTokens - usage.outputTokens < Self.leastOutputTokens {
            return "max_output_tokens"
        }
        return nil
    }

    /// Tokens below which no further turn begins: OpenAI takes no fewer.
    private static let leastOutputTokens = 16

    private func callModel(with input: [Item], turn: Int, used usage: UsageTotal) async throws -> ModelAnswer {
        let model = agent.endpoint.model
        let turn = ModelTurn(
            model: model.name, instructions: instructions, input: input, tools: choice.tools(inTurn: turn),
            request: choice.request(inTurn: turn), maximumOutputTokens: outputTokens.map { $0 - usage.outputTokens }
        )
        return try await agent.endpoint.answer(to: turn, until: deadline) { event in
            do {
                try await response.event(event, until: deadline)
            } catch is CancellationError where deadline <= .now && !Task.isCancelled {
                // The client reads too slowly.
                throw OutOfTime()
            }
        }
    }

    private var instructions: String? {
        let all = [agent.instructions, request.instructions].compactMap { $0 }.filter { !$0.isEmpty }
        return all.isEmpty ? nil : all.joined(separator: "\n\n")
    }
}

/// The tokens of several calls.
private struct UsageTotal {
    private(set) var total: Usage?

    /// What the model has written; an estimate where its endpoint does not say.
    private(set) var outputTokens = 0

    mutating func add(_ answer: ModelAnswer) {
        let written = answer.usage?.outputTokens ?? answer.items.reduce(0) { $0 + TokenEstimate.count($1) }
        outputTokens = Self.sum(outputTokens, written)
        guard let usage = answer.usage else { return }
        guard var sum = total else {
            total = usage
            return
        }
        func add(_ key: WritableKeyPath<Usage, Int>) {
            sum[keyPath: key] = Self.sum(sum[keyPath: key], usage[keyPath: key])
        }
        for key in [\Usage.inputTokens, \.cachedTokens, \.cacheWriteTokens, \.outputTokens, \.reasoningTokens] {
            add(key)
        }
        total = sum
    }

    /// A sum that can be added to others.
    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (value, isOver) = left.addingReportingOverflow(right)
        return isOver ? 1 << 60 : min(max(value, 0), 1 << 60)
    }
}

extension TokenEstimate {
    /// About how many tokens an item is that a model wrote.
    fileprivate static func count(_ item: Item) -> Int { count(item.text) + count(item.arguments ?? "") }
}
