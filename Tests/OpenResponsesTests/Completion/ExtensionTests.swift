import AgentJSON
import OpenResponses
import Testing

@Suite("Events of the server's own")
struct ExtensionTests {
    @Test("have one type and one number, and are no errors, whatever they say")
    func members() throws {
        var completer = StreamCompleter(.test) { $0 }
        completer.begin()
        completer.extend("acme:note", ["type": "other", "text": "a", "sequence_number": 99, "error": ["code": "x"]])
        let event = try #require(completer.takeEvents().last?.json)
        #expect(Array(event.keys) == ["type", "sequence_number", "text"])
        #expect(event["type"] == "acme:note")
        #expect(event["sequence_number"] == 2)
        #expect(event["text"] == "a")
    }
}
