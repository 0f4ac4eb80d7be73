public import AgentJSON

/// What surrounds the output in a response object, known before the agent begins.
public struct ResponseEnvelope: Sendable {
    /// The response's id, at most 64 characters; the same in every snapshot.
    public var id: String
    /// Seconds since 1970.
    public var createdAt: Int
    /// The model that is named, the request's or the agent's.
    public var model: String
    /// The members that repeat the request's settings, defaults filled in.
    public var settings: JSONObject
    /// What the request gave. Of other members of ``settings`` the agent's own values win.
    public var given: JSONObject

    /// - Parameters:
    ///   - id: The response's id.
    ///   - createdAt: Seconds since 1970.
    ///   - model: The model that is named.
    ///   - settings: The request's settings, defaults filled in.
    ///   - given: What the request gave; its values do not matter.
    public init(id: String, createdAt: Int, model: String, settings: JSONObject, given: JSONObject) {
        self.id = id
        self.createdAt = createdAt
        self.model = model
        self.settings = settings
        self.given = given
    }
}

/// A response object at one moment.
struct ResponseSnapshot {
    var status: String
    var completedAt: Int?
    var output: [JSON] = []
    var error: OutputFault?
    var incompleteDetails: JSON = .null
    var usage: JSON = .null
    /// Members that the agent set, over those of the envelope and beside them.
    var overrides: JSONObject = [:]

    /// The members that are not settings.
    static let ownKeys = [
        "id", "object", "created_at", "completed_at", "status", "error", "incomplete_details", "model", "output",
        "usage",
    ]

    /// All members that the standard requires, null where nothing is known.
    func json(_ envelope: ResponseEnvelope) -> JSONObject {
        var error = JSON.null
        if let fault = self.error { error = ["code": .string(fault.code), "message": .string(fault.message)] }
        var members: [(String, JSON)] = []
        members.reserveCapacity(Self.ownKeys.count + envelope.settings.count)
        members += [
            ("id", .string(envelope.id)),
            ("object", "response"),
            ("created_at", .number(JSONNumber(envelope.createdAt))),
            ("completed_at", completedAt.map { .number(JSONNumber($0)) } ?? .null),
            ("status", .string(status)),
            ("error", error),
            ("incomplete_details", incompleteDetails),
            ("model", .string(envelope.model)),
            ("output", .array(output)),
            ("usage", usage),
        ]
        for (key, value) in envelope.settings { members.append((key, value)) }
        var json = JSONObject(uncheckedMembers: members)
        for (key, value) in overrides { json[key] = value }
        return json
    }
}
