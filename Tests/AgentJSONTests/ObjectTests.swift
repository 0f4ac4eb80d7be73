import AgentJSON
import Testing

/// Objects: order, duplicates, change, and lookups in views and built objects alike.
struct ObjectTests {
    /// The same members as a view of a document and built.
    static let both: [JSONObject] = [built, parsed ?? [:]]
    private static let built: JSONObject = ["b": 1, "a": [1, 2], "é": "x", "": nil, "c": ["d": true]]
    private static let parsed = try? JSON(
        parsing: #"{ "b": 1, "a": [1, 2], "\u00e9": "x", "": null, "c": {"d": true} }"#
    ).objectValue

    @Test("members keep their order", arguments: both)
    func order(object: JSONObject) {
        #expect(Array(object.keys) == ["b", "a", "é", "", "c"])
        #expect(object.map(\.key) == ["b", "a", "é", "", "c"])
        #expect(object.map(\.value) == [1, [1, 2], "x", nil, ["d": true]])
        #expect(object.count == 5)
        #expect(object.underestimatedCount == 5)
        #expect(!object.isEmpty)
        #expect(object.description == "{\"b\":1,\"a\":[1,2],\"é\":\"x\",\"\":null,\"c\":{\"d\":true}}")
    }

    @Test("a member is found by its key, and null is a value", arguments: both)
    func lookup(object: JSONObject) {
        #expect(object["b"] == 1)
        #expect(object["é"] == "x")
        #expect(object[""] == .some(.null))
        #expect(object["c"]?["d"] == true)
        #expect(object["a"]?[1] == 2)
        #expect(object["d"] == nil)
        #expect(object["e\u{301}"] == nil)
        #expect(object.contains(""))
        #expect(!object.contains("bb"))
    }

    @Test("setting replaces in place, appends at the end or removes, and leaves copies alone", arguments: both)
    func mutation(object: JSONObject) {
        var changed = object
        changed["a"] = 7
        changed["new"] = "n"
        changed["é"] = nil
        changed["absent"] = nil
        #expect(changed.description == "{\"b\":1,\"a\":7,\"\":null,\"c\":{\"d\":true},\"new\":\"n\"}")
        #expect(changed.removeValue(forKey: "b") == 1)
        #expect(changed.removeValue(forKey: "b") == nil)
        changed.append(uncheckedKey: "last", value: false)
        #expect(Array(changed.keys) == ["a", "", "c", "new", "last"])
        #expect(object.description == "{\"b\":1,\"a\":[1,2],\"é\":\"x\",\"\":null,\"c\":{\"d\":true}}")
        changed[""] = .some(.null)
        #expect(changed.contains(""))
    }

    @Test(
        "of members with the same key the last wins, at the place of the first",
        arguments: [
            ("{\"a\":1,\"a\":2}", "{\"a\":2}"), ("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"),
            ("{\"a\":1,\"\\u0061\":2}", "{\"a\":2}"), ("{\"\\u0061\":1,\"b\":0,\"a\":2}", "{\"\\u0061\":2,\"b\":0}"),
            ("{\"a\":1,\"a\":2,\"a\":3,\"a\":4}", "{\"a\":4}"), ("{\"\":1,\"\":2}", "{\"\":2}"),
            ("[{\"x\":{\"a\":1,\"a\":{\"b\":1,\"b\":[2]}}},{\"a\":1}]", "[{\"x\":{\"a\":{\"b\":[2]}}},{\"a\":1}]"),
            ("{\"a\":{\"b\":1,\"b\":2},\"a\":{\"c\":1,\"c\":2}}", "{\"a\":{\"c\":2}}"),
            ("{\"a\":{\"k\":1},\"b\":{\"k\":1},\"k\":1}", "{\"a\":{\"k\":1},\"b\":{\"k\":1},\"k\":1}"),
            ("{\"aaaaaaaaa\":1,\"aaaabaaaa\":2,\"aaaaaaaaa\":3}", "{\"aaaaaaaaa\":3,\"aaaabaaaa\":2}"),
            ("{\"é\":1,\"e\u{301}\":2,\"\\u00e9\":3}", "{\"é\":3,\"e\u{301}\":2}"),
            ("{\"a\": \"x\\ny\", \"s\": 1.50, \"s\": [ ]}", "{\"a\":\"x\\ny\",\"s\":[]}"),
        ]
    )
    func duplicates(document: String, expected: String) throws {
        let json = try JSON(parsing: document)
        #expect(json == (try JSON(parsing: expected)))
        // The text of the key that is written is that of the first.
        #expect(json.description == (try JSON(parsing: expected)).description)
        #expect(try JSON(parsing: "\u{FEFF}" + document) == json)
    }

    @Test("duplicates are found in objects of every size", arguments: [2, 3, 24, 25, 33, 34, 65, 300])
    func duplicatesInLargeObject(size: Int) throws {
        let members = (0..<size).map { "\"key\($0)\":\($0)" }
        for position in [0, size / 2, size - 1] {
            var text = "{" + (members + ["\"key\(position)\":\"last\""]).joined(separator: ",") + "}"
            for _ in 0..<3 { text = "[{\"v\":\(text)}]" }
            let object = try #require(try JSON(parsing: text)[0]?["v"]?[0]?["v"]?[0]?["v"]?.objectValue)
            #expect(object.count == size)
            #expect(Array(object.keys)[position] == "key\(position)")
            #expect(object["key\(position)"] == "last")
        }
        let unique = try JSON(parsing: "{" + members.joined(separator: ",") + "}")
        #expect(unique.objectValue?.count == size)
    }

    @Test("in 40 levels of objects, a duplicate after a nested object is found")
    func duplicateAfterNested() throws {
        let text = String(repeating: "{\"a\":0,\"b\":", count: 40) + "1" + String(repeating: ",\"a\":9}", count: 40)
        var json = try JSON(parsing: text)
        for _ in 0..<40 {
            #expect(json["a"] == 9)
            #expect(json.objectValue?.count == 2)
            json = try #require(json["b"])
        }
    }

    @Test("a sequence or literal with duplicates makes an object without", arguments: [1, 20, 40])
    func duplicatesInSequence(size: Int) {
        let members = (0..<size).map { (key: "k\($0)", value: JSON.number(JSONNumber($0))) }
        let object = JSONObject(members + [(key: "k0", value: "last")])
        #expect(object.count == size)
        #expect(object["k0"] == "last")
        #expect(object.keys.first { _ in true } == "k0")
        let literal: JSON = ["a": 1, "b": 2, "a": 3, "e\u{301}": 4, "é": 5]
        #expect(literal.description == "{\"a\":3,\"b\":2,\"e\u{301}\":4,\"é\":5}")
        #expect((["x": 1, "x": 2] as JSONObject).description == "{\"x\":2}")
    }

    @Test("a large object is counted, walked and looked up")
    func large() throws {
        let members = (0..<20_000).map { (key: "key\($0)", value: JSON.number(JSONNumber($0))) }
        let built = JSONObject(members)
        let parsed = try #require(try JSON(parsing: built.encoded()).objectValue)
        #expect(parsed.count == 20_000)
        #expect(parsed["key19999"] == 19999)
        #expect(parsed == built)
        #expect(parsed.hashValue == built.hashValue)
        #expect(zip(parsed, built).allSatisfy { $0.key == $1.key && $0.value == $1.value })
    }

    @Test("an empty object has no members")
    func empty() throws {
        let parsed = try #require(try JSON(parsing: "{ }").objectValue)
        for object in [JSONObject(), [:], parsed] {
            #expect(object.isEmpty)
            #expect(object.count == 0)
            #expect(object["a"] == nil)
            #expect(Array(object.keys).isEmpty)
            #expect(object.description == "{}")
            var grown = object
            grown["a"] = 1
            #expect(grown == ["a": 1])
        }
    }
}
