import HTTPTypes
import WebClient

/// What every answer of this server carries, and an answer of the chat app may have already.
struct AnswerAdditions {
    private var id: String?
    private var date: String?
    /// What lets pages of another origin read the answer; the server's word counts, and not the app's.
    private let fields: [HTTPField]

    init(id: String, date: String, fields: [HTTPField]) {
        (self.id, self.date, self.fields) = (id, date, fields)
    }

    /// Looks at a header of the app's answer. Whether it may stay.
    mutating func allow(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4 where name.isHeader("date"): date = nil
        case 12 where name.isHeader("x-request-id"): id = nil
        case 27 where name.isHeader("access-control-allow-origin"): return fields.isEmpty
        case 29 where name.isHeader("access-control-expose-headers"): return fields.isEmpty
        default: break
        }
        return true
    }

    /// Hands over what is missing.
    func forEach(_ body: (String, String) -> Void) {
        for field in fields { body(field.name.rawName, field.value) }
        if let id { body("x-request-id", id) }
        if let date { body("Date", date) }
    }
}
