import AgentJSON
import AgentRuns
import HTTPTypes
import OpenResponses

/// The wire format of `/responses`: the standard Open Responses, as the official clients want it.
struct OpenResponsesDialect: Dialect {
    let agents: AgentDirectory
    let archive: ResponseArchive
    /// How deep a body may be nested.
    let maximumDepth: Int
    var framing = EventFraming.serverSentEvents
    /// What the connection remembers, where it does.
    var memory: TurnMemory?

    private var compaction: Compaction { Compaction(maximumDepth: maximumDepth) }

    struct Draft: Sendable {
        var request: CreateRequest
        var wantsStream: Bool
        /// How many bytes the body has.
        var bytes: Int
    }

    func read(_ body: [UInt8], head: CallHead) throws(DialectError) -> Draft {
        let object = try Self.object(body, maximumDepth: maximumDepth)
        do throws(RequestFault) {
            guard framing == .serverSentEvents else {
                guard object["type"]?.stringValue == "response.create" else {
                    throw RequestFault(
                        message: "The only message of this connection is 'response.create'.", code: .unsupportedValue,
                        param: "type"
                    )
                }
                return Draft(request: try CreateRequest(webSocketMessage: object), wantsStream: true, bytes: body.count)
            }
            let request = try CreateRequest(object)
            guard !request.isBackground else {
                throw RequestFault(
                    message: "Background responses are not offered.", code: .unsupportedValue, param: "background"
                )
            }
            return Draft(request: request, wantsStream: request.wantsStream, bytes: body.count)
        } catch {
            throw DialectError(error)
        }
    }

    /// The object that a body holds.
    static func object(_ body: [UInt8], maximumDepth: Int) throws(DialectError) -> JSONObject {
        let value: JSON
        do {
            value = try JSON(parsing: body, maximumDepth: maximumDepth)
        } catch {
            throw DialectError(
                status: 400, message: "Invalid JSON in request body: \(error.message)", code: "invalid_json"
            )
        }
        guard let object = value.objectValue else {
            throw DialectError(
                status: 400, message: "Invalid JSON in request body: Expecting an object", code: "invalid_json"
            )
        }
        return object
    }

    func looksUp(_ draft: Draft) -> Bool {
        let request = draft.request
        return request.previousResponseID != nil || request.conversationID != nil
            || request.input.contains { $0.type == "item_reference" }
    }

    func resolve(_ draft: Draft, head: CallHead) async throws(DialectError) -> DialectRequest {
        let request = draft.request
        let context = try await archive.context(of: request, for: head.principal, memory: memory)
        let resolved = try await archive.resolveReferences(in: request.input, context: context, for: head.principal)
        let input = resolved.items
        if request.previousResponseID != nil, let index = Item.orphanOutput(in: input, context: context.items) {
            throw DialectError(
                status: 400, message: "No call was found for the function's output.", code: "invalid_value",
                param: "input[\(index)].call_id"
            )
        }
        if request.conversationID != nil { try Self.checkIDs(of: input, context: context.items) }
        let agent = agents.agent(forModel: request.model)
        let keeps = archive.keeps && request.store != false
        var settings = request.echo
        if settings["store"]?.boolValue != keeps { settings["store"] = .bool(keeps) }
        let envelope = ResponseEnvelope(
            id: Identifiers.make("resp_"), createdAt: Int(head.time.seconds), model: request.model ?? agent.name,
            settings: settings, given: request.json
        )
        let tools = ToolSet(request)
        var completer = StreamCompleter(
            envelope, rules: OutputRules(request, tools), makesEvents: draft.wantsStream,
            announcesErrors: framing == .serverSentEvents, makeID: Identifiers.make
        )
        var all = context + resolved
        completer.reserve(itemIDs: all.items.lazy.compactMap(\.id))
        all.bytes += draft.bytes
        let turn = memory.map { [all] in
            RememberedTurn(memory: $0, list: all, previousID: request.previousResponseID, isStored: keeps)
        }
        // What is kept nowhere else is stored with the response, or nobody could continue that later.
        let isOnlyCopy = request.previousResponseID.map { memory?.isOnlyCopy(of: $0) == true } ?? false
        let record =
            keeps
            ? RunRecord(
                request, input: isOnlyCopy ? all.items : input, isWhole: isOnlyCopy, id: envelope.id, head: head
            ) : nil
        let call = OpenResponsesCall(
            completer, framing: framing, isStream: draft.wantsStream, traceID: head.wantedTraceID,
            isTraced: head.trace.isRecording, record: record, turn: turn
        )
        let view = tools.agentView(of: request, input: compaction.expand(all.items))
        return DialectRequest(
            request: view,
            agent: agent,
            wantsStream: draft.wantsStream,
            conversationID: request.json["context"]?["conversation_id"]?.stringValue ?? request.conversationID,
            userID: request.json["context"]?["user_id"]?.stringValue ?? request.json["user"]?.stringValue,
            tracedInputs: { TracedRequest.inputs(ofStandard: request.json, keepsExtras: !agent.isHandlers) },
            call: call
        )
    }

    /// A conversation holds one item of each id.
    private static func checkIDs(of input: [Item], context: [Item]) throws(DialectError) {
        var ids = Set(context.compactMap(\.id))
        for (index, item) in input.enumerated() {
            guard let id = item.id, !ids.insert(id).inserted else { continue }
            throw DialectError(
                status: 400, message: "The conversation has an item with the id '\(id)' already.",
                code: "invalid_value", param: "input[\(index)].id"
            )
        }
    }

    func errorBody(_ error: DialectError) -> [UInt8] { OpenResponsesError.body(error) }

    func errorHeaders(_ error: DialectError) -> HTTPFields { OpenResponsesError.headers(error) }
}

extension DialectError {
    /// A request that breaks a rule of the standard.
    init(_ fault: RequestFault) {
        self.init(status: 400, message: fault.message, code: fault.code.rawValue, param: fault.param)
    }
}

extension OutputRules {
    /// What a request demands.
    fileprivate init(_ request: CreateRequest, _ tools: ToolSet) {
        let offered = Set(request.tools.compactMap { FunctionTool($0)?.name })
        // An agent may have functions of its own, of which a request without tools says nothing.
        let isFree = request.tools.isEmpty && tools.mode != .none
        self.init(
            offered: offered, allowed: isFree ? nil : Set(tools.tools.map(\.name)),
            isCallRequired: tools.mode == .required, allowsParallelCalls: request.parallelToolCalls,
            includesEncryptedContent: request.include.contains("reasoning.encrypted_content")
        )
    }
}
