public import AgentJSON

/// Turns whatever an agent yields into one well-formed stream, and into the response object that ends it.
///
/// Agents yield little (bare deltas and finished items) or much (all events of a model that they stand before, several
/// responses in a row). What comes out is always the same: `response.created`, `response.in_progress`, for each item
/// its events in the standard's order with our numbers, indexes and ids, and one terminal event. The response that it
/// carries holds the finished items.
///
/// A pure state machine: call ``begin()`` first, then what the agent yields, in order, then one of ``finish(at:)``,
/// ``fail(_:)`` and ``cancel()``. Each call leaves its events in ``events``, to be taken by ``takeEvents()``.
public struct StreamCompleter: Sendable {
    let envelope: ResponseEnvelope
    let rules: OutputRules
    /// Whether anybody reads the events; a synchronous call needs the response alone.
    let makesEvents: Bool
    /// Whether a failed response is announced by an event of its own. On a WebSocket, where clients take any error for
    /// the end of the turn, `response.failed` is that end, and says all.
    private let announcesErrors: Bool
    private let makeID: @Sendable (_ prefix: String) -> String

    /// Events that nobody has taken yet.
    public private(set) var events: [StreamEvent] = []
    /// The number of the next event.
    public private(set) var nextSequence = 0
    /// The response of the terminal event, as soon as there is one.
    public private(set) var response: JSONObject?
    /// How many calls were left out because the request wants no parallel ones.
    public var leftOutCalls: Int { calls.leftOut }

    /// The items that the client sees; their positions are the indexes it knows.
    var items: [OutputItem] = []
    /// Where items are open, in order.
    var openItems: [Int] = []
    /// Where the items are that the agent knows by an id: the latest of each type, the latest first.
    var positions: [String: [Int]] = [:]
    /// The agent's ids of calls that have begun and are not shown.
    var leftOutItems: Set<String> = []
    var calls: CallLedger
    /// What the agent said of the whole response.
    var statements = AgentStatements()
    /// How many items there were when the agent's own response before this one ended.
    var countAtEnd = 0
    private var usedIDs: Set<String> = []
    /// The message that got the last piece of text: most pieces follow one of the same message.
    private var lastMessage: (agentID: String, position: Int)?

    /// - Parameters:
    ///   - envelope: What surrounds the output.
    ///   - rules: What the request demands of the output.
    ///   - makesEvents: Whether events are wanted, or only the response.
    ///   - announcesErrors: Whether an `error` event goes before `response.failed`.
    ///   - makeID: Makes a new unique id with a prefix.
    public init(
        _ envelope: ResponseEnvelope, rules: OutputRules = OutputRules(), makesEvents: Bool = true,
        announcesErrors: Bool = true, makeID: @escaping @Sendable (_ prefix: String) -> String
    ) {
        self.envelope = envelope
        self.rules = rules
        self.makesEvents = makesEvents
        self.announcesErrors = announcesErrors
        self.makeID = makeID
        calls = CallLedger(rules, makeID: makeID)
    }

    /// Keeps ids for the items that have them, those of the conversation so far: what the agent yields under one of
    /// them gets another.
    public mutating func reserve(itemIDs ids: some Sequence<String>) {
        usedIDs.formUnion(ids)
    }

    /// Takes the events that have come up.
    public mutating func takeEvents() -> [StreamEvent] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    /// Begins the stream, before the agent yields anything.
    public mutating func begin() {
        guard makesEvents else { return }
        let opening = JSON.object(ResponseSnapshot(status: "in_progress").json(envelope))
        emit("response.created") { $0.append(uncheckedKey: "response", value: opening) }
        emit("response.in_progress") { $0.append(uncheckedKey: "response", value: opening) }
    }

    // MARK: What the agent yields

    /// Takes a piece of a message's text.
    public mutating func textDelta(_ piece: String, itemID: String) throws(OutputFault) {
        let position: Int
        if let last = lastMessage, last.agentID == itemID, items[last.position].isOpen {
            position = last.position
        } else {
            position =
                if let open = openPosition(itemID, type: "message") { open } else {
                    try openItem(["type": "message"], type: "message", agentID: itemID)
                }
            lastMessage = (itemID, position)
        }
        write(piece, to: position, .content, type: "output_text")
    }

    /// Takes a finished item.
    public mutating func item(_ item: JSONObject, extras: JSONObject? = nil) throws(OutputFault) {
        let type = try itemType(item)
        let agentID = item["id"]?.stringValue ?? ""
        let callID = item["call_id"]?.stringValue
        if let position = openPosition(agentID, type: type, callID: callID) {
            return try finishItem(at: position, as: item, extras: extras)
        }
        // Left out already, when it was added or finished.
        if ItemForm.isToolCall(type), calls.isLeftOut(callID ?? ""), agentID.isEmpty || leftOutItems.contains(agentID) {
            return
        }
        guard try admits(item, type: type, agentID: agentID) else { return }
        let position = try openItem(item, type: type, agentID: agentID)
        try finishItem(at: position, as: item, extras: extras)
    }

    /// Sets a member of the response itself. What the server vouches for (`id`, `status`, `output`, …) stays as it is.
    public mutating func set(_ key: String, _ value: JSON) {
        if key == "custom_outputs", let outputs = value.objectValue { return mergeCustomOutputs(outputs) }
        statements.set(key, value)
    }

    /// Adds a label to the response's metadata, over those of the agent.
    public mutating func label(_ key: String, _ value: JSON) {
        statements.label(key, value)
    }

    /// Adds an event of the server's own, which the standard does not know.
    ///
    /// - Parameters:
    ///   - type: Its type, with a prefix.
    ///   - members: What it says beside its type and its number. Members of these names are left out, and one named
    ///     `error`, which clients take for a failure.
    public mutating func extend(_ type: String, _ members: JSONObject) {
        emit(type) { event in
            for (key, value) in members where !Self.ownKeys.contains(key) {
                event.append(uncheckedKey: key, value: value)
            }
        }
    }

    /// The members of an event that are never an agent's or an extension's.
    static let ownKeys: Set<String> = ["type", "sequence_number", "error"]

    /// Adds custom outputs; of equal keys the later one stays.
    public mutating func mergeCustomOutputs(_ outputs: JSONObject) {
        statements.merge(customOutputs: outputs)
    }

    // MARK: Ends

    /// Ends the stream when the agent has ended.
    ///
    /// - Parameter seconds: Seconds since 1970.
    /// - Throws: ``OutputFault`` where the output breaks a rule of the request; ``fail(_:)`` is to follow.
    public mutating func finish(at seconds: Int) throws(OutputFault) {
        if let failure = statements.failure { throw failure }
        let isIncomplete = statements.isIncomplete || items.last?.isHeld == true
        // One that was cut off has not come to its answer.
        if !isIncomplete, let name = calls.unansweredFunction { throw CallLedger.forbidden(name) }
        if rules.isCallRequired, !calls.hasCall, !isIncomplete {
            throw OutputFault("The agent called no function, which tool_choice requires")
        }
        try closeItems(isIncomplete: isIncomplete)
        if isIncomplete {
            end("response.incomplete", ResponseSnapshot(status: "incomplete", output: output))
        } else {
            let completedAt = max(seconds, envelope.createdAt)
            end("response.completed", ResponseSnapshot(status: "completed", completedAt: completedAt, output: output))
        }
    }

    /// Ends the stream with an error. Items that are still open are left out.
    public mutating func fail(_ fault: OutputFault) {
        guard response == nil else { return }
        sayError(fault)
        end("response.failed", ResponseSnapshot(status: "failed", output: output, error: fault))
    }

    mutating func sayError(_ fault: OutputFault) {
        guard announcesErrors else { return }
        let (message, code) = (JSON.string(fault.message), JSON.string(fault.code))
        emit("error") { event in
            // Nested as in the standard; flat as well, for clients of MLflow.
            event["error"] = ["type": .string(fault.type), "code": code, "message": message, "param": .null]
            event["code"] = code
            event["message"] = message
            event["param"] = .null
        }
    }

    /// Ends the stream because the response is wanted no more, with what it had. The standard has no event of its own
    /// for that.
    public mutating func cancel() {
        guard response == nil else { return }
        closeItemsAsCancelled()
        end(
            "response.incomplete",
            ResponseSnapshot(status: "cancelled", output: output, incompleteDetails: ["reason": "cancelled"])
        )
    }

    private mutating func end(_ type: String, _ snapshot: ResponseSnapshot) {
        guard response == nil else { return }
        var snapshot = snapshot
        statements.complete(&snapshot, envelope)
        end(type, with: snapshot.json(envelope))
    }

    mutating func end(_ type: String, with response: JSONObject) {
        self.response = response
        emit(type) { $0.append(uncheckedKey: "response", value: .object(response)) }
    }

    /// The items that are finished.
    var output: [JSON] { items.compactMap { $0.finished.map(JSON.object) } }

    // MARK: Events and ids

    /// Adds an event with the next number.
    ///
    /// - Parameters:
    ///   - extras: Members that the agent's own event had beyond the standard's. Never one of the standard's names.
    ///   - add: Adds the event's members.
    mutating func emit(_ type: String, extras: JSONObject? = nil, _ add: (inout JSONObject) -> Void) {
        guard makesEvents else { return }
        var event = JSONObject()
        event.append(uncheckedKey: "type", value: .string(type))
        event.append(uncheckedKey: "sequence_number", value: .number(JSONNumber(nextSequence)))
        add(&event)
        if let extras {
            for (key, value) in extras { event.append(uncheckedKey: key, value: value) }
        }
        events.append(StreamEvent(event))
        nextSequence += 1
    }

    /// The agent's id where it can be kept, or else a new one.
    mutating func publicID(for agentID: String, type: String) -> String {
        if !agentID.isEmpty, agentID.utf8.count <= Self.longestID, usedIDs.insert(agentID).inserted { return agentID }
        let id = makeID(Item.idPrefix(ofType: type))
        usedIDs.insert(id)
        return id
    }

    /// How many characters an id may have.
    static let longestID = 64
}
