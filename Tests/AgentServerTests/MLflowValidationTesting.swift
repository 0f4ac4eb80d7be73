import AgentJSON
import Testing

@testable import AgentServer

/// What the validator makes of JSON texts, for tables of cases.
///
/// The expectations in the tables were recorded from MLflow 3.17.2 with pydantic 2.14.3. Of its messages they leave
/// out what ours do too: the input values and the addresses of the documentation. In the places of errors the choices
/// of unions go by the names of their models.
enum MLflowValidationTesting {
    /// The request as the agent sees it, as compact text.
    static func request(_ text: String) throws -> String {
        let body = try #require(try JSON(parsing: text).objectValue)
        return try Self.text(MLflowValidation.request(body))
    }

    /// A result of the declared type, as compact text.
    static func typedResult(_ text: String) throws -> String {
        try Self.text(MLflowValidation.typedResult(JSON(parsing: text)))
    }

    /// An event of the declared type, as compact text.
    static func typedEvent(_ text: String) throws -> String {
        try Self.text(MLflowValidation.typedEvent(JSON(parsing: text)))
    }

    /// The message that `body` is refused with.
    static func refusal(_ body: () throws -> Void) throws -> String {
        try #require(throws: MLflowValidationError.self, performing: body).message
    }

    private static func text(_ object: JSONObject) -> String {
        String(decoding: object.encoded(as: .mlflowBody), as: UTF8.self)
    }
}
