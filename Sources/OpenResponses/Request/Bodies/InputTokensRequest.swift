public import AgentJSON

/// A question for the number of tokens that a request would have.
public struct InputTokensRequest: Sendable {
    /// What is to be counted: a request as for a response, but any of it may be missing, the input too.
    public let request: CreateRequest

    /// Reads a request's body.
    ///
    /// - Throws: The first fault.
    public init(_ body: JSONObject) throws(RequestFault) {
        request = try CreateRequest(body, needsInput: false)
    }
}
