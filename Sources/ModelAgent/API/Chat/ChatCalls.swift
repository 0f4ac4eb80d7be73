import AgentJSON
import AgentServer

/// A piece of a call, as a chunk has it.
struct CallPiece: Sendable {
    var index: Int?
    var id: String?
    var name: String?
    var arguments: String
    /// What Gemini wants back with the call: a signature of what it thought.
    var extra: JSON?

    /// - Parameters:
    ///   - json: An element of `tool_calls`.
    ///   - place: Where it is among them, where that says which call it is of.
    init(_ json: JSON, place: Int? = nil) {
        self.init(function: json["function"], index: json["index"]?.intValue ?? place)
        id = json["id"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        extra = json[OpenCall.extraKey].flatMap { $0.objectValue == nil ? nil : $0 }
    }

    /// - Parameter function: A `function_call`, from before there were tools; or what an element of `tool_calls` calls.
    init(function: JSON?, index: Int?) {
        self.index = index
        name = function?["name"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        switch function?["arguments"] {
        case nil, .null: arguments = ""
        case .string(let text): arguments = text
        // Some give the object itself.
        case let value?: arguments = value.description
        }
    }
}

/// Puts the pieces of calls together.
///
/// By their index, as the format says. But there are endpoints that leave it out, or say 0 of each call; that leave out
/// ids, or make a new one for each piece; that repeat the name, or say it late; and that give whole calls in one piece.
struct ChatCalls: Sendable {
    private struct Call {
        let index: Int?
        let givenID: String?
        /// The number that the writer knows it by, as soon as it has a name.
        var number: Int?
        var name: String?
        /// What came before the name.
        var held = ""
        var extra: JSON?
    }

    private var calls: [Call] = []
    private var usedIDs: Set<String> = []

    /// Far above what models do at once.
    private static let mostCalls = 256
    private static let mostHeld = 1024 * 1024

    /// The pieces of calls from before there were tools, which all are of one.
    static let functionCallIndex = -1

    init() {}

    /// Takes a piece.
    mutating func take(_ piece: CallPiece, _ writer: inout AnswerWriter) throws(ModelFailure) {
        let position: Int
        if let match = match(piece), !isAnother(piece, than: calls[match], writer) {
            position = match
        } else {
            guard calls.count < Self.mostCalls else {
                throw ModelFailure(.malformed, "The model made more than \(Self.mostCalls) calls at once")
            }
            calls.append(Call(index: piece.index, givenID: piece.id))
            position = calls.count - 1
        }
        if let extra = piece.extra { calls[position].extra = extra }
        if calls[position].number == nil, let name = piece.name {
            calls[position].name = name
            let number = writer.beginCall(name: name, callID: callID(piece.id ?? calls[position].givenID))
            calls[position].number = number
            try writer.addArguments(calls[position].held, toCall: number)
            calls[position].held = ""
        }
        if let number = calls[position].number {
            if let extra = calls[position].extra { writer.setExtra(extra, ofCall: number) }
            return try writer.addArguments(piece.arguments, toCall: number)
        }
        calls[position].held += piece.arguments
        guard calls[position].held.utf8.count <= Self.mostHeld else { throw Self.nameless }
    }

    /// Takes the end of a whole answer.
    func finish() throws(ModelFailure) {
        guard calls.allSatisfy({ $0.number != nil }) else { throw Self.nameless }
    }

    private static let nameless = ModelFailure(.malformed, "The model called a function without a name")

    private func match(_ piece: CallPiece) -> Int? {
        if let index = piece.index { return calls.lastIndex { $0.index == index } }
        if let id = piece.id, let known = calls.lastIndex(where: { $0.givenID == id }) { return known }
        return calls.indices.last
    }

    /// Whether a piece begins another call than the one it seems to be of.
    private func isAnother(_ piece: CallPiece, than call: Call, _ writer: AnswerWriter) -> Bool {
        guard let name = piece.name, let number = call.number else { return false }
        if piece.index == nil, name != call.name { return true }
        if let id = piece.id, let givenID = call.givenID, id != givenID { return true }
        return piece.arguments.isJSONObject && writer.arguments(ofCall: number).isJSONObject
    }

    /// The id of a new call: the endpoint's, where it has one that is its own.
    private mutating func callID(_ id: String?) -> String {
        if let id, usedIDs.insert(id).inserted { return id }
        let id = Identifiers.make("call_")
        usedIDs.insert(id)
        return id
    }
}
