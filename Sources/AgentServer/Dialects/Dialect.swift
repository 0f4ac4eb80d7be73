package import AgentJSON
package import AgentRuns
package import HTTPTypes
package import MLflowTracing

/// A wire format on a path: reads a body into a request, and writes what the agent says.
///
/// The only place that knows how anything looks on the wire.
package protocol Dialect: Sendable {
    /// A request that was read, but may refer to what has to be looked up.
    associatedtype Draft: Sendable

    /// Reads a request body. Neither I/O nor a clock: what it needs to know of the call is in `head`.
    ///
    /// - Throws: ``DialectError`` with the status and message of the answer.
    func read(_ body: [UInt8], head: CallHead) throws(DialectError) -> Draft

    /// Whether a request refers to what has to be looked up, and may be long however short the request is.
    func looksUp(_ draft: Draft) -> Bool

    /// Completes a request with what it refers to: earlier responses, a conversation.
    ///
    /// - Throws: ``DialectError`` where that is not to be had.
    func resolve(_ draft: Draft, head: CallHead) async throws(DialectError) -> DialectRequest

    /// The body of an error answer.
    func errorBody(_ error: DialectError) -> [UInt8]

    /// Headers of an error answer, beside the usual ones.
    func errorHeaders(_ error: DialectError) -> HTTPFields
}

extension Dialect where Draft == DialectRequest {
    package func resolve(_ draft: DialectRequest, head: CallHead) async throws(DialectError) -> DialectRequest {
        draft
    }

    package func looksUp(_ draft: DialectRequest) -> Bool { false }
}

extension Dialect {
    package func errorHeaders(_ error: DialectError) -> HTTPFields { [:] }

    /// The answer to a request that cannot be taken, or that failed.
    package func reply(to error: DialectError) -> Reply {
        var reply = Reply.json(errorBody(error), status: error.status)
        for field in errorHeaders(error) { reply.headers.append(field) }
        if let seconds = error.retryAfter {
            reply.headers.append(HTTPField(name: .retryAfter, value: String(seconds)))
        }
        return reply
    }
}

/// What a dialect may know of a call besides its body.
package struct CallHead: Sendable {
    package var headers: RequestHeaders
    /// The call's trace.
    package var trace: Trace
    /// Whom the call belongs to.
    package var principal: String
    /// When it came.
    package var time: RunTime
}

extension CallHead {
    /// The trace's id, where the client asked for it (`x-mlflow-return-trace-id: true`, in any case).
    var wantedTraceID: String? {
        headers.fields.first(of: .returnTraceID)?.lowercased() == "true" ? trace.idText : nil
    }
}

/// A request as a dialect has read it.
package struct DialectRequest: Sendable {
    /// The request as the agent sees it.
    package var request: JSONObject
    /// The agent that is to answer.
    package var agent: ServedAgent
    /// Whether the client wants a stream.
    package var wantsStream: Bool
    /// The conversation and the user that the client names.
    package var conversationID: String?
    package var userID: String?
    /// What the call's trace shows as its inputs.
    package var tracedInputs: Trace.Content
    /// Writes the answer to this request.
    package var call: any DialectCall
}

/// How a call came to its end.
package enum CallEnd: Sendable {
    /// The agent is done.
    case finished
    /// The agent failed, or what it said was not valid.
    case failed(AgentError)
    /// The call was ended from outside.
    case stopped(InvocationStop)
}

/// Makes a run that is to be stored. Apart from the end of its call, which may come on an event loop: it takes time in
/// proportion to the request and the answer.
package typealias UnstoredRun = @Sendable () -> FinishedRun

/// Writes one answer, either way: `add` and `body` make a synchronous one; `begin`, `frame` and `end` a stream.
package protocol DialectCall: Sendable {
    /// Appends the frames that come before anything the agent says.
    mutating func begin(to bytes: inout [UInt8])

    /// Takes the agent's next output of a synchronous call.
    mutating func add(_ output: AgentOutput) throws(AgentError)

    /// Appends the frames of the agent's next output, whole frames only.
    mutating func frame(_ output: AgentOutput, to bytes: inout [UInt8]) throws(AgentError)

    /// Takes the end of the call. Nothing of it is shown yet.
    ///
    /// - Returns: What is to be stored before the end is shown; `nil` where nothing is.
    mutating func conclude(_ end: CallEnd, at time: RunTime) -> UnstoredRun?

    /// Takes it that what ``conclude(_:at:)`` returned could not be stored. The answer is an error now.
    mutating func storingFailed(_ error: AgentError)

    /// The body of the synchronous answer.
    ///
    /// - Throws: What the call failed with.
    mutating func body() throws(AgentError) -> [UInt8]

    /// Appends the frames that end a stream, with an error where the call failed.
    mutating func end(to bytes: inout [UInt8])

    /// What the call failed with, when ``body()`` or ``end(to:)`` has been called.
    var failure: AgentError? { get }

    /// What the call's trace shows as its outputs, then.
    var tracedOutputs: Trace.Content { get }

    /// The form of the messages in there, as MLflow names it.
    var messageFormat: String? { get }

    /// What is sent where nothing else is for a while; empty where the connection keeps itself alive.
    var keepAlive: [UInt8] { get }
}

extension DialectCall {
    package mutating func begin(to bytes: inout [UInt8]) {}
    package var keepAlive: [UInt8] { Array(": keep-alive\n\n".utf8) }
    package var messageFormat: String? { "openai" }
}

/// A request that cannot be taken, or that failed.
package struct DialectError: Error {
    package var status: Int
    package var message: String
    /// A name for programs, where the dialect has one.
    package var code: String?
    /// The place in the request that is at fault.
    package var param: String?
    /// Whether the agent has run, so that sending the request again would run it again.
    package var hasRun = false
    /// Whether the agent itself is to blame, rather than the server or the client.
    package var isAgents = false
    /// Seconds after which the request may be sent again.
    package var retryAfter: Int?

    package init(
        status: Int, message: String, code: String? = nil, param: String? = nil, retryAfter: Int? = nil
    ) {
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.retryAfter = retryAfter
    }

    /// What an agent's run came to.
    package init(_ error: AgentError) {
        self.init(status: error.status, message: error.message, code: error.code, retryAfter: error.retryAfter)
        hasRun = true
        isAgents = error.isAgents
    }
}
