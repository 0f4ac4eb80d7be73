import AgentJSON
import AgentRuns
import HTTPTypes
import OpenResponses

/// What can be done with stored responses, and what needs no agent's answer.
struct ResponseRoutes: Sendable {
    let archive: ResponseArchive
    let agents: AgentDirectory
    let pool: AgentPool
    let maximumDepth: Int

    private var compaction: Compaction { Compaction(maximumDepth: maximumDepth) }

    /// The routes under one prefix, `""` or `/v1`.
    func routes(_ prefix: String) -> [Router.Route] {
        [
            route(.get, prefix + "/responses/{}", in: pool, retrieve),
            route(.delete, prefix + "/responses/{}", in: pool, delete),
            route(.post, prefix + "/responses/{}/cancel", in: pool, cancel),
            route(.get, prefix + "/responses/{}/input_items", in: pool, inputItems),
            route(.post, prefix + "/responses/input_tokens", in: pool, inputTokens),
            route(.post, prefix + "/responses/compact", in: pool, compact),
            route(.get, prefix + "/models", in: pool, models),
            route(.get, prefix + "/models/{}", in: pool, model),
        ]
    }

    // MARK: Stored responses

    private func retrieve(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let query = try RetrieveQuery.read(exchange.query)
        let run = try await archive.run(exchange.parameter, for: exchange.principal.id)
        guard query.wantsStream, let store = archive.store else { return .json(run.result ?? []) }
        return .stream(ReplayStream(of: run, in: store, after: query.startingAfter ?? -1, pool: pool))
    }

    private func delete(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let id = exchange.parameter
        try await archive.delete(id, for: exchange.principal.id)
        return .json(["id": .string(id), "object": "response", "deleted": true])
    }

    private func cancel(_ exchange: Exchange) async throws(DialectError) -> Reply {
        _ = try await archive.run(exchange.parameter, for: exchange.principal.id)
        throw DialectError(
            status: 400, message: "Only a response that was created with background=true can be cancelled.",
            code: "invalid_value", param: "response_id"
        )
    }

    private func inputItems(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let query = try ListQuery.read(exchange.query)
        let run = try await archive.run(exchange.parameter, for: exchange.principal.id)
        return try await pool.run(bytes: run.request.count) { () throws(DialectError) in
            try Self.page(of: run, query)
        }
    }

    private static func page(of run: StoredRun, _ query: ListQuery) throws(DialectError) -> Reply {
        var items = try run.inputItems()
        if query.order == .descending { items.reverse() }
        if let after = query.after {
            guard let position = items.firstIndex(where: { $0.id == after }) else {
                throw DialectError(
                    status: 400, message: "There is no item '\(after)'.", code: "invalid_value", param: "after"
                )
            }
            items.removeFirst(position + 1)
        }
        let page = items.prefix(query.limit)
        return .list(page.map(\.json), hasMore: items.count > page.count)
    }

    // MARK: Counting and compaction

    private func inputTokens(_ exchange: Exchange) async throws(DialectError) -> Reply {
        // What comes before may be long, and the agent's code may block.
        try await pool.run { () async throws(DialectError) in try await countTokens(exchange) }
    }

    private func countTokens(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let request = try exchange.read(maximumDepth) { body throws(RequestFault) in try InputTokensRequest(body) }
        let principal = exchange.principal.id
        let context = try await archive.context(of: request.request, for: principal, memory: nil)
        let given = try await archive.resolveReferences(in: request.request.input, context: context, for: principal)
        let view = ToolSet(request.request).agentView(
            of: request.request, input: compaction.expand(context.items + given.items)
        )
        let agent = agents.agent(forModel: request.request.model)
        let count = try await ask(exchange) { try await agent.helpers.countTokens(AgentRequest(view)) }
        return .json(["object": "response.input_tokens", "input_tokens": .number(JSONNumber(max(0, count)))])
    }

    private func compact(_ exchange: Exchange) async throws(DialectError) -> Reply {
        try await pool.run { () async throws(DialectError) in try await makeWindow(exchange) }
    }

    private func makeWindow(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let request = try exchange.read(maximumDepth) { body throws(RequestFault) in try CompactRequest(body) }
        var context = ItemList()
        if let id = request.previousResponseID { context = try await archive.chain(to: id, for: exchange.principal.id) }
        let given = try await archive.resolveReferences(in: request.input, context: context, for: exchange.principal.id)
        let items = compaction.expand(context.items + given.items).map { $0.normalised { Identifiers.make($0) } }
        let agent = agents.agent(forModel: request.model)
        var view: JSONObject = ["input": .array(items.map { .object($0.json) })]
        view["model"] = .string(request.model)
        if let instructions = request.instructions { view["instructions"] = .string(instructions) }
        let (whole, usage) = try await ask(exchange) { [view] in
            let summary = try await agent.helpers.compact(AgentRequest(view))
            let usage = Usage(
                inputTokens: TokenEstimate.count(view), outputTokens: summary.map { TokenEstimate.count($0) } ?? 0
            )
            return (summary, usage)
        }
        let window: [Item]
        do throws(RequestFault) {
            window = try compaction.window(of: items, summary: whole)
        } catch {
            throw DialectError(
                status: 400, message: "An item of the conversation could not come back: \(error.message)",
                code: "invalid_value", param: request.previousResponseID == nil ? "input" : "previous_response_id"
            )
        }
        return .json([
            "id": .string(Identifiers.make("resp_")),
            "object": "response.compaction",
            "created_at": .number(JSONNumber(Int(RunTime.now.seconds))),
            "output": .array(window.map { .object($0.json) }),
            "usage": .object(usage.json),
        ])
    }

    /// Asks an agent something.
    private func ask<Answer: Sendable>(
        _ exchange: Exchange, _ question: () async throws -> Answer
    ) async throws(DialectError) -> Answer {
        do {
            return try await question()
        } catch let error as AgentError {
            throw DialectError(error)
        } catch {
            throw DialectError(AgentError("Internal error (id \(exchange.requestID))"))
        }
    }

    // MARK: Models

    private func models(_ exchange: Exchange) async throws(DialectError) -> Reply {
        .json(["object": "list", "data": .array(agents.all.map { .object(Self.model($0.name)) })])
    }

    private func model(_ exchange: Exchange) async throws(DialectError) -> Reply {
        let name = exchange.parameter
        guard agents.all.contains(where: { $0.name == name }) else {
            throw DialectError(
                status: 404, message: "The model '\(name)' does not exist.", code: "model_not_found", param: "model"
            )
        }
        return .json(Self.model(name))
    }

    private static func model(_ name: String) -> JSONObject {
        ["id": .string(name), "object": "model", "created": 0, "owned_by": "agent-server"]
    }
}
