import AgentJSON
import OpenResponses
import Testing

/// What becomes of JSON texts, for tables of cases.
enum RequestTesting {
    static func object(_ text: String) throws -> JSONObject {
        try #require(try JSON(parsing: text).objectValue)
    }

    static func request(_ text: String) throws -> CreateRequest {
        try CreateRequest(object(text))
    }

    static func items(_ text: String) throws -> [Item] {
        try #require(try JSON(parsing: text).arrayValue).map { Item(try #require($0.objectValue)) }
    }

    /// The fault of a body, as `code at place`.
    static func fault(_ body: () throws -> Void) throws -> String {
        let fault = try #require(throws: RequestFault.self, performing: body)
        return "\(fault.code.rawValue) at \(fault.param ?? "-")"
    }

    /// The fault of a request with one field beside an input that is in order.
    static func fault(ofField field: String) throws -> String {
        try fault { _ = try request(#"{"input":"x",\#(field)}"#) }
    }

    /// The fault of a request with one input item.
    static func fault(ofItem item: String) throws -> String {
        try fault { _ = try request(#"{"input":[\#(item)]}"#) }
    }
}
