import AgentJSON

/// How a value of a certain kind is read, and what is wrong with one that is no such value.
///
/// Rules name no places: whoever takes a member or an element by a rule adds where it was, and only if it is faulty.
struct Rule<Value> {
    let read: (JSON) throws(RequestFault) -> Value

    init(_ read: @escaping (JSON) throws(RequestFault) -> Value) {
        self.read = read
    }
}

extension JSONObject {
    /// Reads a member that may be missing or null.
    @discardableResult
    func field<Value>(_ key: String, _ rule: Rule<Value>) throws(RequestFault) -> Value? {
        guard let value = self[key], !value.isNull else { return nil }
        do { return try rule.read(value) } catch { throw error.inside(key) }
    }

    /// Reads a member that must be there and not null.
    @discardableResult
    func required<Value>(_ key: String, _ rule: Rule<Value>) throws(RequestFault) -> Value {
        guard let value = try field(key, rule) else { throw .missing(key) }
        return value
    }
}

extension [JSON] {
    /// Reads every element by a rule.
    func elements<Value>(_ rule: Rule<Value>) throws(RequestFault) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for (index, element) in enumerated() {
            do { values.append(try rule.read(element)) } catch { throw error.inside(index) }
        }
        return values
    }
}

extension Rule where Value == Bool {
    static var flag: Rule {
        Rule { value throws(RequestFault) in
            guard case .bool(let flag) = value else { throw .mustBe("true or false", value) }
            return flag
        }
    }
}

extension Rule where Value == JSONObject {
    static var object: Rule {
        Rule { value throws(RequestFault) in
            guard case .object(let object) = value else { throw .mustBe("an object", value) }
            return object
        }
    }

    /// Labels: a few texts by name.
    static var metadata: Rule {
        Rule { value throws(RequestFault) in
            let metadata = try Rule.object.read(value)
            guard metadata.count <= Labels.maximumCount else {
                throw .invalid("must have at most \(Labels.maximumCount) keys")
            }
            for (key, value) in metadata {
                do throws(RequestFault) {
                    guard !key.isLonger(than: Labels.longestKey) else {
                        throw .invalid("is a key of more than \(Labels.longestKey) characters")
                    }
                    _ = try Rule<String>.text(upTo: Labels.longestText).read(value)
                } catch {
                    throw error.inside(key)
                }
            }
            return metadata
        }
    }
}

extension Rule where Value == [JSON] {
    static var array: Rule {
        Rule { value throws(RequestFault) in
            guard case .array(let elements) = value else { throw .mustBe("an array", value) }
            return elements
        }
    }
}

extension Rule where Value == JSON {
    /// A number of any size, as it was written.
    static var number: Rule {
        Rule { value throws(RequestFault) in
            guard case .number = value else { throw .mustBe("a number", value) }
            return value
        }
    }

    /// A number within bounds, as it was written.
    static func number(in bounds: ClosedRange<Int>) -> Rule {
        Rule { value throws(RequestFault) in
            guard case .number(let number) = value,
                (Double(bounds.lowerBound)...Double(bounds.upperBound)).contains(number.double)
            else { throw .mustBe("a number from \(bounds.lowerBound) to \(bounds.upperBound)", value) }
            return value
        }
    }
}

// Integers as JSON Schema counts them: `8.0` is one.
extension Rule where Value == Int {
    static func integer(in bounds: ClosedRange<Int>) -> Rule {
        Rule { value throws(RequestFault) in
            guard let integer = value.numberValue?.integral, bounds.contains(integer) else {
                throw .mustBe("an integer from \(bounds.lowerBound) to \(bounds.upperBound)", value)
            }
            return integer
        }
    }

    static func integer(atLeast minimum: Int) -> Rule {
        Rule { value throws(RequestFault) in
            guard let integer = value.numberValue?.integral, integer >= minimum else {
                throw .mustBe("an integer of at least \(minimum)", value)
            }
            return integer
        }
    }
}
