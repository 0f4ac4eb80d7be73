import AgentJSON

/// A format of answers: it puts steps into events of a stream, and into a whole answer.
///
/// A state machine: what has been said so far is in it.
protocol WireForm {
    /// - Parameter number: Which call this is of all that have come; ids are made of it.
    init(answering request: ModelRequest, number: Int)

    /// The events before anything is said.
    mutating func opening() -> [String]

    /// The events of one step.
    mutating func events(of step: Step) -> [String]

    /// The answer as it is without a stream, after its last step.
    var whole: JSON { get }
}

/// How many tokens an answer takes: fixed ones for what was sent, and one for each piece of it.
struct ScriptedUsage {
    static let input = 12
    static let cached = 4

    var reasoning = 0
    var text = 0

    var output: Int { reasoning + text }
    var total: Int { Self.input + output }
}

extension JSON {
    static func integer(_ value: Int) -> JSON { .number(JSONNumber(value)) }

    /// The value as text without spaces.
    var line: String { String(decoding: encoded(), as: UTF8.self) }
}
