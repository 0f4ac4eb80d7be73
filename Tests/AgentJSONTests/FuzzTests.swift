import AgentJSON
import TestSupport
import Testing

/// Random input with fixed seeds: nothing traps, what parses round-trips, what doesn't is refused in its place.
struct FuzzTests {
    @Test("random bytes never trap", arguments: 0..<4)
    func randomBytes(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        for _ in 0..<1500 {
            let length = Int.random(in: 0..<60, using: &random)
            check((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    @Test("random tokens never trap", arguments: 0..<4)
    func randomTokens(seed: Int) {
        let tokens = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\"a\"", "\"é\"", "null", "true", "false", "0", "-", "1", ".",
            "e",
            "+", "\\u", "d83d", "\\ude00", " ", "\n", "\"a\":", "1.5", "\u{7F}", "\u{0}",
        ]
        var random = SplitMix64(seed: 100 + UInt64(seed))
        for _ in 0..<1500 {
            let count = Int.random(in: 0..<25, using: &random)
            check(Array((0..<count).map { _ in random.pick(tokens) }.joined().utf8))
        }
    }

    @Test("random valid documents parse and round-trip", arguments: 0..<6)
    func validDocuments(seed: Int) {
        var documents = RandomDocument(random: SplitMix64(seed: 200 + UInt64(seed)))
        for _ in 0..<60 {
            let text = documents.next()
            #expect(throws: Never.self) { try JSON(parsing: text) }
            check(Array(text.utf8))
        }
    }

    @Test("valid documents with a few bytes changed never trap", arguments: 0..<6)
    func mutatedDocuments(seed: Int) {
        var documents = RandomDocument(random: SplitMix64(seed: 300 + UInt64(seed)))
        var random = SplitMix64(seed: 400 + UInt64(seed))
        for _ in 0..<60 {
            let original = Array(documents.next().utf8)
            for _ in 0..<8 {
                var bytes = original
                for _ in 0...Int.random(in: 0..<3, using: &random) where !bytes.isEmpty {
                    mutate(&bytes, &random)
                }
                check(bytes)
            }
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(random.pick(Array("{}[],:\"\\0-.e \n".utf8)), at: place)
        case 3: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
        }
    }

    private func check(_ bytes: [UInt8]) {
        let json: JSON
        do throws(JSONParseError) {
            json = try JSON(parsing: bytes)
        } catch {
            #expect((0...bytes.count).contains(error.offset), "\(bytes)")
            #expect(error.line >= 1 && error.column >= 1 && error.characterOffset >= 0)
            return
        }
        let compact = json.encoded()
        let body = json.encoded(as: .mlflowBody)
        let event = json.encoded(as: .mlflowEvent)
        guard let again = try? JSON(parsing: compact), let fromBody = try? JSON(parsing: body),
            let fromEvent = try? JSON(parsing: event)
        else {
            Issue.record("what was written doesn't parse: \(bytes)")
            return
        }
        let isSame =
            again == json && again.hashValue == json.hashValue && again.encoded() == compact
            && again.encoded(as: .mlflowEvent) == event && fromBody.encoded() == body && fromEvent.encoded() == body
            && fromEvent.encoded(as: .mlflowEvent) == event && event.allSatisfy { (0x20..<0x7F).contains($0) }
            && built(json).encoded() == compact && built(json).encoded(as: .mlflowEvent) == event
        #expect(isSame, "\(bytes)")
    }

    /// The same value without views, looked up member by member.
    private func built(_ json: JSON) -> JSON {
        switch json {
        case .array(let elements):
            return .array(elements.map(built))
        case .object(let object):
            var copy = JSONObject()
            for key in object.keys { copy[key] = object[key].map(built) }
            return .object(copy)
        default:
            return json
        }
    }
}
