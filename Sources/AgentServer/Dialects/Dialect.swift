package import AgentJSON

/// A wire format on a path: reads a body into a request, and writes what the agent says.
///
/// The only place that knows how anything looks on the wire. A dialect has no I/O and no clock.
package protocol Dialect: Sendable {
    /// Reads a request body.
    ///
    /// - Throws: ``DialectError`` with the status and message of the answer.
    func read(_ body: [UInt8], of agent: ServedAgent, head: CallHead) throws(DialectError) -> DialectRequest

    /// The body of an error answer.
    func errorBody(_ message: String, status: Int) -> [UInt8]
}

/// What a dialect may know of a call besides its body.
package struct CallHead: Sendable {
    package var headers: RequestHeaders
    package var trace: TraceID
}

/// A request as a dialect has read it.
package struct DialectRequest: Sendable {
    /// The request as the agent sees it.
    package var request: JSONObject
    /// Whether the client wants a stream.
    package var wantsStream: Bool
    /// The conversation and the user that the client names.
    package var conversationID: String?
    package var userID: String?
    /// Writes the answer to this request.
    package var call: any DialectCall
}

/// Writes one answer, either way: `add` and `body` make a synchronous one; `frame`, `end` and `fail` a stream.
package protocol DialectCall: Sendable {
    /// Takes the agent's next output of a synchronous call.
    mutating func add(_ output: AgentOutput) throws(AgentError)

    /// The body of the synchronous answer.
    mutating func body() throws(AgentError) -> [UInt8]

    /// Appends the frames of the agent's next output, whole frames only.
    mutating func frame(_ output: AgentOutput, to bytes: inout [UInt8]) throws(AgentError)

    /// Appends the frames that end a stream.
    mutating func end(to bytes: inout [UInt8])

    /// Appends the frames that end a stream with an error.
    mutating func fail(_ message: String, to bytes: inout [UInt8])
}

/// A request that cannot be taken.
package struct DialectError: Error {
    package var status: Int
    package var message: String
}
