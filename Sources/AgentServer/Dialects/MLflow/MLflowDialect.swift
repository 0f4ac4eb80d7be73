import AgentJSON
import OpenResponses

/// The wire format of `/invocations`, answer for answer as MLflow's `AgentServer` gives it.
package struct MLflowDialect: Dialect {
    /// The agent that answers.
    package var agent: ServedAgent
    /// How deep a body may be nested.
    package var maximumDepth: Int

    package init(_ agent: ServedAgent, maximumDepth: Int = 512) {
        self.agent = agent
        self.maximumDepth = maximumDepth
    }

    package func read(_ body: [UInt8], head: CallHead) throws(DialectError) -> DialectRequest {
        let value: JSON
        do {
            value = try JSON(parsing: body, maximumDepth: maximumDepth)
        } catch {
            throw DialectError(status: 400, message: "Invalid JSON in request body: \(error.message)")
        }
        guard case .object(var object) = value else {
            // The original crashes here.
            throw DialectError(status: 400, message: "Invalid JSON in request body: Expecting an object")
        }
        var wantsStream = false
        if let flag = object["stream"] {
            wantsStream = flag.isTruthy
            object.removeValue(forKey: "stream")
        }
        let isPlain = agent.kind == .plain
        let call = MLflowCall(
            isPlain: isPlain, traceID: isPlain ? nil : head.wantedTraceID, isTraced: head.trace.isRecording
        )
        guard !isPlain else {
            return DialectRequest(
                request: object, agent: agent, wantsStream: wantsStream, tracedInputs: { [object] in .object(object) },
                call: call
            )
        }
        let request: JSONObject
        do {
            request = try MLflowValidation.request(object)
        } catch {
            throw DialectError(status: 400, message: "Invalid parameters for ResponsesAgent: \(error.message)")
        }
        let context = request["context"]
        return DialectRequest(
            request: request,
            agent: agent,
            wantsStream: wantsStream,
            conversationID: context?["conversation_id"]?.stringValue,
            userID: context?["user_id"]?.stringValue ?? request["user"]?.stringValue,
            tracedInputs: { TracedRequest.inputs(request) },
            call: call
        )
    }

    package func errorBody(_ error: DialectError) -> [UInt8] {
        Self.errorBody(error.message)
    }

    /// The form of all errors of the original.
    static func errorBody(_ message: String) -> [UInt8] {
        let body: JSONObject = ["detail": .string(message)]
        return body.encoded(as: .mlflowBody)
    }
}

extension JSON {
    /// Python's truth of a value, by which MLflow reads the `stream` flag.
    fileprivate var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let flag): flag
        case .number(let number): number.double != 0
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let object): !object.isEmpty
        }
    }
}
