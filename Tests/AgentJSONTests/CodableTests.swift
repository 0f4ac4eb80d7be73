import AgentJSON
import FoundationEssentials
import Testing

/// The bridge between values and Codable types.
struct CodableTests {
    struct Item: Codable, Equatable {
        var type: String
        var text: String?
        var extra: JSON?
        var scores: [Double] = []
    }

    struct Response: Codable, Equatable {
        enum Status: String, Codable { case completed, failed }

        var id: String
        var status: Status
        var created: Int64
        var items: [Item]
        var usage: [String: Int]
        var error: String?
        var big: UInt64
        var small: Float
        var flags: [Bool?]
    }

    static let response = Response(
        id: "r1",
        status: .completed,
        created: 1_732_000_000,
        items: [
            Item(type: "message", text: "hé", extra: ["k": [1, 1.50]]),
            Item(type: "x", scores: [0.1, -0.0, 1e22]),
        ],
        usage: ["input": 12],
        big: .max,
        small: 0.1,
        flags: [true, nil, false]
    )

    @Test("a value is encoded in the order of its fields, without those that are nil")
    func encoding() throws {
        let json = try JSON(encoding: Self.response)
        let first = #"{"type":"message","text":"hé","extra":{"k":[1,1.5]},"scores":[]}"#
        let second = #"{"type":"x","scores":[0.1,-0.0,1e+22]}"#
        let items = "[\(first),\(second)]"
        let head = #"{"id":"r1","status":"completed","created":1732000000,"items":\#(items),"usage":{"input":12}"#
        #expect(json.description == head + #","big":18446744073709551615,"small":0.1,"flags":[true,null,false]}"#)
    }

    @Test("what is encoded decodes to the same value, built or parsed")
    func roundTrip() throws {
        let json = try JSON(encoding: Self.response)
        #expect(try json.decode(Response.self) == Self.response)
        #expect(try JSON(parsing: json.encoded()).decode() == Self.response)
    }

    @Test(
        "a decoding error names the path",
        arguments: [
            (#"{"type": 1}"#, "type", "Expected a string but found a number."),
            (#"{"type": null}"#, "type", "Expected a string but found null."),
            (#"{"type": "x", "scores": {}}"#, "scores", "Expected an array but found an object."),
            (#"{"type": "x", "scores": [1, "2"]}"#, "scores.1", "Expected a number but found a string."),
            (#"{"text": "x"}"#, "", "No value with the key \"type\"."),
            ("[]", "", "Expected an object but found an array."),
        ]
    )
    func decodingErrors(document: String, path: String, message: String) throws {
        let json = try JSON(parsing: document)
        let error = #expect(throws: DecodingError.self) { try json.decode(Item.self) }
        let context: DecodingError.Context? =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                context
            default: nil
            }
        #expect(context?.codingPath.map(\.stringValue).joined(separator: ".") == path)
        #expect(context?.debugDescription == message)
    }

    @Test("integers decode from any text with a whole value in range, and from no other")
    func integers() throws {
        func decode<Integer: FixedWidthInteger & Decodable>(_ text: String, _ type: Integer.Type) -> Integer? {
            try? JSON(parsing: text).decode(type)
        }
        #expect(decode("12", Int.self) == 12)
        #expect(decode("-0", UInt8.self) == 0)
        #expect(decode("1.0", Int.self) == 1)
        #expect(decode("1e2", UInt8.self) == 100)
        #expect(decode("18446744073709551615", UInt64.self) == .max)
        #expect(decode("-128", Int8.self) == -128)
        #expect(decode("-32768", Int16.self) == -32768)
        #expect(decode("65535", UInt16.self) == 65535)
        #expect(decode("2147483647", Int32.self) == 2_147_483_647)
        #expect(decode("4294967295", UInt32.self) == 4_294_967_295)
        #expect(decode("7", UInt.self) == 7)
        #expect(decode("256", UInt8.self) == nil)
        #expect(decode("-1", UInt.self) == nil)
        #expect(decode("1.5", Int.self) == nil)
        #expect(decode("1e300", Int.self) == nil)
        #expect(decode("9223372036854775808", Int.self) == nil)
        #expect(decode("9007199254740993.0", Int.self) == 9_007_199_254_740_992)
        #expect(decode("1" + String(repeating: "0", count: 400), Int.self) == nil)
        #expect(decode("true", Int.self) == nil)
    }

    @Test("doubles decode to the nearest, and not from a number beyond them")
    func doubles() throws {
        #expect(try JSON(parsing: "1").decode(Double.self) == 1)
        #expect(try JSON(parsing: "0.1").decode(Float.self) == 0.1)
        #expect(throws: DecodingError.self) { try JSON(parsing: "1e39").decode(Float.self) }
        let long = try JSON(parsing: "1" + String(repeating: "0", count: 400))
        #expect(throws: DecodingError.self) { try long.decode(Double.self) }
    }

    @Test("an infinite number or a NaN is not encoded", arguments: [Double.infinity, -.infinity, .nan])
    func nonFinite(value: Double) {
        let error = #expect(throws: EncodingError.self) { try JSON(encoding: ["a": [value]]) }
        guard case .invalidValue(_, let context) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(context.codingPath.map(\.stringValue) == ["a", "0"])
        #expect(throws: EncodingError.self) { try JSON(encoding: Float(value)) }
    }

    @Test("a large dictionary decodes in linear time")
    func largeDictionary() throws {
        let dictionary = Dictionary(uniqueKeysWithValues: (0..<5000).map { ("key\($0)", $0) })
        #expect(try JSON(parsing: JSON(encoding: dictionary).encoded()).decode() == dictionary)
    }

    @Test("our own values pass through unchanged, with the texts of their numbers")
    func ownValues() throws {
        let json = try JSON(parsing: #"{"a": 1.50, "b": [-0, 1E5, {"c": null}]}"#)
        #expect(try JSON(encoding: json) == json)
        #expect(try json.decode(JSON.self) == json)
        #expect(try json.decode(JSONObject.self) == json.objectValue)
        #expect(try JSON(encoding: ["x": json])["x"] == json)
        #expect(try json.decode([String: JSON].self)["b"] == json["b"])
        #expect(try json["a"]?.decode(JSONNumber.self).text == "1.50")
        #expect(try JSON(encoding: [JSONNumber(7)]) == [7])
    }

    @Test("with the coders of Foundation, our values keep their content")
    func otherCoders() throws {
        let json: JSON = ["a": [nil, true, 1, -1.5, "x", [:], []], "b": ["c": 1.8e19, "d": 12_345_678_901]]
        let data = try JSONEncoder().encode(json)
        #expect(try JSON(parsing: Array(data))["a"] == json["a"])
        let decoded = try JSONDecoder().decode(JSON.self, from: Array(json.encoded()).withUnsafeBytes { Data($0) })
        #expect(decoded["a"] == json["a"])
        #expect(decoded["b"]?["d"] == 12_345_678_901)
        #expect(try JSONDecoder().decode(JSONObject.self, from: data).count == 2)
    }

    @Test("nested containers and superclasses keep their places")
    func containers() throws {
        let json = try JSON(encoding: Nested())
        #expect(json.description == #"{"list":[1,{"x":2},[3],"s"],"object":{"y":4,"z":5},"super":6}"#)
        #expect(try json.decode(Nested.self) == Nested())
    }

    struct Nested: Codable, Equatable {
        enum Keys: String, CodingKey { case list, object, x, y, z }

        init() {}

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            var list = try container.nestedUnkeyedContainer(forKey: .list)
            #expect(list.count == 4)
            #expect(try list.decode(Int.self) == 1)
            #expect(try !list.decodeNil())
            #expect(try list.nestedContainer(keyedBy: Keys.self).decode(Int.self, forKey: .x) == 2)
            var inner = try list.nestedUnkeyedContainer()
            #expect(try inner.decode(Int.self) == 3)
            #expect(try String(from: list.superDecoder()) == "s")
            #expect(list.isAtEnd)
            #expect(throws: DecodingError.self) { try list.decode(Int.self) }
            let object = try container.nestedContainer(keyedBy: Keys.self, forKey: .object)
            #expect(try object.decodeIfPresent(Int.self, forKey: .y) == 4)
            #expect(try object.decodeIfPresent(Int.self, forKey: .x) == nil)
            #expect(object.allKeys == [.y, .z])
            #expect(try Int(from: container.superDecoder()) == 6)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            var list = container.nestedUnkeyedContainer(forKey: .list)
            try list.encode(1)
            var first = container.nestedContainer(keyedBy: Keys.self, forKey: .object)
            try first.encode(4, forKey: .y)
            var element = list.nestedContainer(keyedBy: Keys.self)
            var inner = list.nestedUnkeyedContainer()
            try inner.encode(3)
            try element.encode(2, forKey: .x)
            try "s".encode(to: list.superEncoder())
            // Asking for a container again goes on with the first.
            var second = container.nestedContainer(keyedBy: Keys.self, forKey: .object)
            try second.encode(5, forKey: .z)
            try 6.encode(to: container.superEncoder())
        }
    }
}
