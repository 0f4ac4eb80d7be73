public import AgentJSON
public import OpenResponses

/// A whole response, as a handler registered with ``AgentServer/invoke(_:execution:_:)`` returns it.
public struct AgentResponse: Sendable, Hashable {
    /// The response as it will be sent.
    public var json: JSONObject

    /// A response of finished items.
    ///
    /// - Parameters:
    ///   - output: The items, in order.
    ///   - usage: How many tokens it took.
    ///   - customOutputs: Anything the client shall know, in no fixed shape.
    public init(output: [Item], usage: Usage? = nil, customOutputs: JSONObject? = nil) {
        json = ["object": "response", "output": .array(output.map { .object($0.json) })]
        if let usage { json["usage"] = .object(usage.json) }
        if let customOutputs { json["custom_outputs"] = .object(customOutputs) }
    }

    /// Reads a response as MLflow's `ResponsesAgentResponse` does: values are coerced to the fields' types, fields
    /// that are null or unknown are left out.
    ///
    /// - Throws: An ``AgentError`` that names every field at fault.
    public init(validating value: JSON) throws {
        do {
            json = try MLflowValidation.typedResult(value)
        } catch {
            throw AgentError(error.message)
        }
    }
}

extension AgentResponse: Encodable {
    public func encode(to encoder: any Encoder) throws {
        try json.encode(to: encoder)
    }
}

extension StreamEvent {
    /// Reads an event as MLflow's `ResponsesAgentStreamEvent` does; its own null fields are left out.
    ///
    /// - Throws: An `AgentError` that names every field at fault.
    public init(validating value: JSON) throws {
        do {
            self.init(try MLflowValidation.typedEvent(value))
        } catch {
            throw AgentError(error.message)
        }
    }
}
