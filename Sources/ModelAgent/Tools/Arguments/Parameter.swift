import AgentServer

/// A parameter of a tool: a property that the model gives a value.
///
///     @Parameter("The city, in English") var city: String
///     @Parameter("How many days ahead, at most 7") var days: Int = 1
///     @Parameter("The unit of temperatures") var unit: Unit?
///
/// The model must give a value to a parameter without a default, unless its type is optional. A parameter that the model leaves
/// out has its default, or `nil`; so has one for which it writes `null`.
///
/// Reading a property that has neither a value nor a default is a mistake of the program, which ends there. It can only happen
/// in a value that was made by hand (`Forecast()`); ``ToolArguments/init(arguments:)`` makes whole ones.
@propertyWrapper
public struct Parameter<Value: ToolValue>: Sendable {
    private enum State {
        case declared(default: Value?)
        case named(String)
        case given(Value)
    }

    /// What the parameter means, for the model.
    let description: String?
    private var state: State

    /// A parameter without a description.
    public init() {
        self.init(nil, .declared(default: nil))
    }

    /// A parameter that the model must give, or may leave out if its type is optional.
    ///
    /// - Parameter description: What it means, for the model.
    public init(_ description: String) {
        self.init(description, .declared(default: nil))
    }

    /// A parameter that the model may leave out.
    ///
    /// - Parameters:
    ///   - wrappedValue: The value that it then has.
    ///   - description: What it means, for the model.
    public init(wrappedValue: Value, _ description: String? = nil) {
        self.init(description, .declared(default: wrappedValue))
    }

    private init(_ description: String?, _ state: State) {
        self.description = description
        self.state = state
    }

    /// The value.
    public var wrappedValue: Value {
        get {
            guard let value else {
                preconditionFailure("A parameter of a tool was read that has no value: make its arguments from JSON")
            }
            return value
        }
        set { state = .given(newValue) }
    }

    private var value: Value? {
        switch state {
        case .given(let value): value
        case .declared(let value): value ?? (Value.self as? any OptionalValue.Type)?.absent as? Value
        case .named: nil
        }
    }
}

extension Parameter: Equatable where Value: Equatable {
    public static func == (left: Parameter, right: Parameter) -> Bool {
        left.value == right.value
    }
}

extension Parameter: Codable {
    /// Decodes the value. The property's default is not known here; ``ToolArguments/init(arguments:)`` knows it.
    public init(from decoder: any Decoder) throws {
        self.init(nil, .given(try Value(from: decoder)))
    }

    /// Encodes the value.
    public func encode(to encoder: any Encoder) throws {
        guard let value else {
            throw EncodingError.invalidValue(
                self,
                EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "The parameter has no value.")
            )
        }
        try value.encode(to: encoder)
    }
}

/// A parameter of whatever type.
protocol DeclaredParameter: Sendable {
    /// Whether the model must give a value.
    var isRequired: Bool { get }
    /// The key of a parameter made by ``init(key:)``.
    var key: String? { get }

    /// A parameter that only says under which key it was asked for.
    init(key: String)

    func schema(in scope: ToolSchemaScope) throws -> JSONObject

    /// The parameter with the value that the model gave it, or else with its default.
    func reading(_ argument: ToolArgument?) throws -> Self
}

extension Parameter: DeclaredParameter {
    init(key: String) {
        self.init(nil, .named(key))
    }

    var isRequired: Bool { value == nil }

    var key: String? {
        if case .named(let key) = state { key } else { nil }
    }

    func schema(in scope: ToolSchemaScope) throws -> JSONObject {
        // One that may be left out need not be null: not every endpoint knows types that are several.
        let type = (Value.self as? any OptionalValue.Type)?.wrapped ?? Value.self
        var schema = try type.toolSchema(in: scope)
        if let description { schema["description"] = .string(description) }
        if case .declared(let value?) = state {
            let json = try JSON(encoding: value)
            if !json.isNull { schema["default"] = json }
        }
        return schema
    }

    func reading(_ argument: ToolArgument?) throws -> Self {
        guard let argument else { return self }
        if argument.json.isNull, value != nil, !(Value.self is any OptionalValue.Type) { return self }
        return Self(nil, .given(try Value(toolArgument: argument)))
    }
}
