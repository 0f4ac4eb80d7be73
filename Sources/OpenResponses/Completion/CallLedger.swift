/// Keeps account of the calls in a response: what they are known by, which are admitted, and which still lack an
/// output.
///
/// Agents may name several calls alike, or with ids that clients refuse. Each call gets an id of its own, and an output
/// that of the call which it answers.
struct CallLedger: Sendable {
    /// How many calls were left out because the request wants no parallel ones.
    private(set) var leftOut = 0
    /// Whether there is a call that the request allows.
    private(set) var hasCall = false

    private let rules: OutputRules
    private let makeID: @Sendable (_ prefix: String) -> String
    private var usedIDs: Set<String> = []
    private var usedOutputIDs: Set<String> = []
    /// Calls without an output, by what the agent calls them, oldest first.
    private var waiting: [String: [String]] = [:]
    /// The latest call of each name; kept where the two ids differ.
    private var renamed: [String: String] = [:]
    /// Names of functions that the client does not know, by the ids of calls that the agent has to answer itself.
    private var unanswered: [String: String] = [:]
    private var hasOfferedCall = false
    private var leftOutIDs: Set<String> = []

    init(_ rules: OutputRules, makeID: @escaping @Sendable (_ prefix: String) -> String) {
        self.rules = rules
        self.makeID = makeID
    }

    /// A function that was called, and must be answered by the agent but is not.
    var unansweredFunction: String? { unanswered.values.min() }

    /// Whether a call of this id was left out.
    func isLeftOut(_ agentID: String) -> Bool {
        !leftOutIDs.isEmpty && leftOutIDs.contains(agentID)
    }

    /// Whether a call of a function becomes part of the response.
    ///
    /// - Throws: ``OutputFault`` where the request forbids it.
    mutating func admit(_ name: String, agentID: String) throws(OutputFault) -> Bool {
        let verdict = rules.verdict(onCallOf: name)
        if verdict == .forbidden { throw Self.forbidden(name) }
        if rules.offered.contains(name) {
            if hasOfferedCall, !rules.allowsParallelCalls {
                leftOut += 1
                leftOutIDs.insert(agentID)
                return false
            }
            hasOfferedCall = true
        }
        leftOutIDs.remove(agentID)
        hasCall = hasCall || verdict == .fine
        return true
    }

    static func forbidden(_ name: String) -> OutputFault {
        OutputFault("The agent called the function '\(name)', which the request does not allow")
    }

    /// The id of a new call: the agent's where it can be kept.
    ///
    /// - Parameter name: The function's name; `nil` for calls of other kinds.
    mutating func open(_ agentID: String, name: String?) -> String {
        var id = agentID
        if agentID.isEmpty || agentID.utf8.count > StreamCompleter.longestID || usedIDs.contains(agentID) {
            id = makeID("call_")
            renamed[agentID] = id
        } else if !renamed.isEmpty {
            renamed[agentID] = nil
        }
        usedIDs.insert(id)
        waiting[agentID, default: []].append(id)
        if let name, rules.verdict(onCallOf: name) == .agentsOwn { unanswered[id] = name }
        return id
    }

    /// The id that an output carries: that of the oldest call of its name without one.
    ///
    /// - Parameter isUnique: Whether a call may have no second output.
    mutating func answer(_ agentID: String, isUnique: Bool = false) -> String {
        var id = renamed[agentID] ?? agentID
        if var calls = waiting.removeValue(forKey: agentID) {
            id = calls.removeFirst()
            if !calls.isEmpty { waiting[agentID] = calls }
        }
        unanswered[id] = nil
        if id.utf8.count > StreamCompleter.longestID {
            // Of no call that was seen here. Clients refuse such an id, and so would we when it came back.
            id = makeID("call_")
            renamed[agentID] = id
        }
        if isUnique, !usedOutputIDs.insert(id).inserted { id = makeID("call_") }
        return id
    }
}
