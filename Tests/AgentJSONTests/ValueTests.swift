import AgentJSON
import Testing

/// Values: literals, accessors, equality.
struct ValueTests {
    @Test("literals make values of their kind")
    func literals() {
        let name = "world"
        let value: JSON = ["n": nil, "b": true, "i": -3, "f": 2.5, "s": "hello \(name)", "a": [1, [2]], "o": [:]]
        #expect(value.description == #"{"n":null,"b":true,"i":-3,"f":2.5,"s":"hello world","a":[1,[2]],"o":{}}"#)
    }

    @Test("an accessor gives the value of its kind and nil for every other")
    func accessors() {
        let values: [JSON] = [nil, true, 7, "x", [1], ["a": 1]]
        #expect(values.map(\.isNull) == [true, false, false, false, false, false])
        #expect(values.map(\.boolValue) == [nil, true, nil, nil, nil, nil])
        #expect(values.map(\.intValue) == [nil, nil, 7, nil, nil, nil])
        #expect(values.map(\.doubleValue) == [nil, nil, 7, nil, nil, nil])
        #expect(values.map(\.numberValue) == [nil, nil, JSONNumber(7), nil, nil, nil])
        #expect(values.map(\.stringValue) == [nil, nil, nil, "x", nil, nil])
        #expect(values.map(\.arrayValue) == [nil, nil, nil, nil, [1], nil])
        #expect(values.map(\.objectValue) == [nil, nil, nil, nil, nil, ["a": 1]])
        #expect(values.map { $0["a"] } == [nil, nil, nil, nil, nil, 1])
        #expect(values.map { $0[0] } == [nil, nil, nil, nil, 1, nil])
    }

    @Test("an index outside an array gives nil", arguments: [-1, 2, Int.max, Int.min])
    func indexOutside(index: Int) {
        let array: JSON = [1, 2]
        #expect(array[index] == nil)
    }

    @Test("a document's nested values are read through keys and indices")
    func path() throws {
        let json = try JSON(
            parsing: #"{"input":[{"role":"user","content":[{"text":"h\u00e9"}]},[[]],1.5,-7],"stream":true}"#
        )
        #expect(json["input"]?[0]?["content"]?[0]?["text"]?.stringValue == "hé")
        #expect(json["input"]?[1] == [[]])
        #expect(json["input"]?[2]?.doubleValue == 1.5)
        #expect(json["input"]?[3]?.intValue == -7)
        #expect(json["stream"]?.boolValue == true)
        #expect(json["input"]?["role"] == nil)
    }

    @Test("values with the same content are equal, whatever the white space, escapes and order of members")
    func equality() throws {
        let json = try JSON(parsing: "{\"a\": [1, \"\\u00e9\"], \"b\": {\"c\": null, \"d\": true}}")
        #expect(json == ["b": ["d": true, "c": nil], "a": [1, "é"]])
        #expect(json.hashValue == (["b": ["d": true, "c": nil], "a": [1, "é"]] as JSON).hashValue)
        #expect(json != ["b": ["d": true, "c": nil], "a": ["é", 1]])
        #expect(json != ["b": ["d": true], "a": [1, "é"]])
        #expect(json != ["b": ["d": true, "x": nil], "a": [1, "é"]])
        #expect(json != ["a": [1, "é"], "b": ["c": nil, "d": false]])
        #expect(json == json)
    }

    @Test("values of different kinds are never equal, numbers only with the same text")
    func kinds() {
        let values: [JSON] = [nil, false, true, 0, 1, 1.0, "", "1", "é", "e\u{301}", [], [nil], [:], ["": nil]]
        for (left, a) in values.enumerated() {
            for (right, b) in values.enumerated() {
                #expect((a == b) == (left == right))
            }
        }
        #expect(Set(values + values).count == values.count)
    }

    @Test("large arrays of large objects compare in linear time")
    func largeEquality() throws {
        let object = JSONObject((0..<3000).map { (key: "k\($0)", value: .string("v")) })
        let value: JSON = .array(Array(repeating: .object(object), count: 10))
        #expect(try JSON(parsing: value.encoded()) == value)
    }
}
