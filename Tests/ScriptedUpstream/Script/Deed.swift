import AgentJSON

/// What the upstream does with a call.
enum Deed: Sendable {
    /// Answers; with so many milliseconds between two pieces.
    case answer([Step], interval: Int = 0)
    case refuse(Refusal)
    /// Says 200 with a page for people.
    case page
    /// Says nothing, for ever.
    case silence
    /// Closes the connection.
    case hangUp
}

/// One step of an answer.
enum Step: Sendable {
    case reasoning(String)
    case text(String)
    /// The monotonic clock in nanoseconds, as a piece of text.
    case clock
    case refusal(String)
    /// Begins the call of a function, the n-th of the answer.
    case call(Int, name: String)
    case arguments(Int, String)
    case end(Ending)
    case fault(Fault)

    enum Ending: Sendable {
        case whole
        /// With the tokens in the chunk that says why the answer ends, asked for or not, as some servers have them.
        case wholeWithUsage
        /// Whole, but the stream stays open, without the mark of its end.
        case open
        case length
        case filter
    }

    enum Fault: Sendable {
        /// Nothing more comes.
        case silence
        /// The connection ends in the middle of a chunk.
        case cut
        /// The stream goes on with what is no JSON, and ends.
        case garbage
        /// The model reports an error.
        case error
        /// The response itself has failed; in chat the same as an error.
        case failure
    }
}

/// An answer with an error of OpenAI's form.
struct Refusal: Sendable {
    var status: Int
    var type = "invalid_request_error"
    var message: String
    var parameter: String?
    var code: String?
    var retryAfter: String?

    var json: JSON {
        let error: JSONObject = [
            "message": .string(message), "type": .string(type), "param": parameter.map { .string($0) } ?? .null,
            "code": code.map { .string($0) } ?? .null,
        ]
        return ["error": .object(error)]
    }
}
