public import AgentServer

/// A value that a model gave, and where it stands among the arguments of the call.
public struct ToolArgument: Sendable {
    /// The value.
    public let json: JSON
    /// Where it stands: `arguments.stops[2].city` for example.
    private let place: String

    init(_ json: JSON, at place: String = "arguments") {
        self.json = json
        self.place = place
    }

    /// Reads what a model wrote as the arguments of a call. Nothing, or null, means that there are none.
    init(parsing text: String) throws(ToolError) {
        self.init([:])
        guard !text.allSatisfy(\.isWhitespace) else { return }
        let json: JSON
        do { json = try JSON(parsing: text) } catch { throw self.error("must be a JSON object. \(error.message)") }
        if !json.isNull { self.init(json) }
    }

    /// An error that names the value to the model: `arguments.days: must be at least 1`.
    ///
    /// - Parameter problem: What is wrong with the value.
    public func error(_ problem: String) -> ToolError {
        ToolError("\(place): \(problem)")
    }
}

extension ToolArgument {
    func at(_ index: Int, _ element: JSON) -> ToolArgument {
        ToolArgument(element, at: "\(place)[\(index)]")
    }

    func at(_ key: String, _ member: JSON) -> ToolArgument {
        // The keys of a dictionary are the model's.
        ToolArgument(member, at: "\(place).\(key.prefix(80))")
    }

    /// The member of an object, which is the value.
    func member(_ key: String, of object: JSONObject) -> ToolArgument? {
        object[key].map { at(key, $0) }
    }

    func object() throws(ToolError) -> JSONObject {
        guard case .object(let object) = json else { throw mismatch("an object") }
        return object
    }

    func mismatch(_ expected: String) -> ToolError {
        let found =
            switch json {
            case .null: "null"
            case .bool: "a boolean"
            case .number: "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        return error("must be \(expected), not \(found)")
    }

    func error(_ problem: String, not number: JSONNumber) -> ToolError {
        // A number can have megabytes of digits.
        error("\(problem), not \(number.text.prefix(40))")
    }

    /// Decodes something of the value, and has what a decoder reports say where that is.
    func naming<Value>(_ decode: () throws -> Value) throws -> Value {
        do {
            return try decode()
        } catch let error as DecodingError {
            switch error {
            case .keyNotFound(let key, let context):
                throw at(context.codingPath + [key]).error("is missing")
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                throw at(context.codingPath).error(context.debugDescription)
            @unknown default:
                throw self.error("\(error)")
            }
        }
    }

    private func at(_ path: [any CodingKey]) -> ToolArgument {
        path.reduce(self) { argument, key in
            key.intValue.map { argument.at($0, .null) } ?? argument.at(key.stringValue, .null)
        }
    }
}
