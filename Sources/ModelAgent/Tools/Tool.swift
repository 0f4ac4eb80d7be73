public import AgentServer

/// A function that a model can call.
///
///     struct Forecast: ToolArguments {
///         @Parameter("The city, in English") var city: String
///         @Parameter("How many days ahead, at most 7") var days: Int = 1
///     }
///
///     let forecast = Tool("get_forecast", "The weather forecast for a city") { (arguments: Forecast) in
///         try await weather.report(for: arguments.city, inDays: arguments.days)
///     }
///
/// What the function returns goes to the model: a `String` as it is, anything else as its JSON text. So does the message of a
/// ``ToolError`` or an `AgentError`; of any other error the model reads no more than that the tool failed.
///
/// The name consists of 1 to 64 letters `a`–`z` and `A`–`Z`, digits, `_` and `-`. A tool can be declared anywhere, as a global
/// constant for example, for making one never fails: a name or arguments that cannot be used are an error of the agent that
/// gets the tool, at its start. A test finds them with ``validate()``.
public struct Tool: Sendable {
    /// The name by which the model calls the function.
    public let name: String
    /// What the function does, for the model.
    public let description: String
    /// The JSON Schema of the arguments.
    public let parameters: JSONObject
    /// Whether OpenAI's strict mode takes the schema: the model then keeps to it without fail.
    ///
    /// That asks for parameters that are all required, without defaults, and for no dictionaries.
    public let isStrict: Bool

    private let mistake: ModelSetupError?
    private let perform: @Sendable (ToolArgument) async throws -> String

    private init(
        _ name: String,
        _ description: String,
        schema: () throws -> JSONObject,
        perform: @escaping @Sendable (ToolArgument) async throws -> String
    ) {
        self.name = name
        self.description = description
        self.perform = perform
        do {
            guard Self.isName(name) else {
                throw ModelSetupError("has a name that is not made of 1 to 64 letters, digits, '_' and '-'")
            }
            parameters = try schema()
            mistake = nil
        } catch {
            parameters = .schema(of: [], required: [])
            mistake = ModelSetupError("The tool '\(name.prefix(80))' cannot be used: \(error)")
        }
        isStrict = StrictSchema.takes(parameters)
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Finds out whether the tool can be used.
    ///
    /// - Throws: ``ModelSetupError`` where the name is none, or the schema of the arguments cannot be made.
    public func validate() throws(ModelSetupError) {
        if let mistake { throw mistake }
    }
}

extension Tool {
    /// A tool with arguments.
    ///
    /// - Parameters:
    ///   - name: The name by which the model calls the function.
    ///   - description: What the function does, and when to call it.
    ///   - function: What is called. Calls may come at the same time.
    public init<Arguments: ToolArguments, Output: Encodable & Sendable>(
        _ name: String,
        _ description: String,
        function: @escaping @Sendable (Arguments) async throws -> Output
    ) {
        self.init(name, description) {
            try Arguments.toolSchema(in: ToolSchemaScope())
        } perform: { argument in
            try await Self.text(of: function(Arguments(toolArgument: argument)))
        }
    }

    /// A tool without arguments.
    ///
    /// - Parameters:
    ///   - name: The name by which the model calls the function.
    ///   - description: What the function does, and when to call it.
    ///   - function: What is called. Calls may come at the same time.
    public init<Output: Encodable & Sendable>(
        _ name: String,
        _ description: String,
        function: @escaping @Sendable () async throws -> Output
    ) {
        self.init(name, description) { (_: NoArguments) in try await function() }
    }

    /// A tool with a schema of one's own.
    ///
    /// The arguments are an object; nothing else of the schema is checked.
    ///
    /// - Parameters:
    ///   - name: The name by which the model calls the function.
    ///   - description: What the function does, and when to call it.
    ///   - parameters: A JSON Schema of the type `object`.
    ///   - function: What is called. Calls may come at the same time.
    public init<Output: Encodable & Sendable>(
        _ name: String,
        _ description: String,
        parameters: JSONObject,
        function: @escaping @Sendable (JSONObject) async throws -> Output
    ) {
        self.init(name, description) {
            try parameters.ofTypeObject()
        } perform: { argument in
            try await Self.text(of: function(argument.object()))
        }
    }

    /// A tool that is a type.
    public init<Callable: CallableTool>(_ type: Callable.Type) {
        self.init(Callable.name, Callable.description) { (tool: Callable) in try await tool.call() }
    }

    private static func text(of output: some Encodable) throws -> String {
        if let text = output as? String { return text }
        return try JSON(encoding: output).description
    }
}

extension Tool {
    /// Calls the function.
    ///
    /// - Parameter arguments: The arguments as the model wrote them: a JSON text, or nothing where there are none.
    /// - Returns: What the model is told.
    /// - Throws: ``ToolError`` where the arguments are not what the schema asks for, and whatever the function throws.
    package func call(_ arguments: String) async throws -> String {
        try validate()
        return try await perform(ToolArgument(parsing: arguments))
    }

    /// What the model is told of a call that failed.
    ///
    /// The client reads it too, in the call's output: an error that is meant for neither is not described.
    package func outcome(of error: any Error) -> String {
        switch error {
        case let error as ToolError: error.message
        case let error as AgentError: error.message
        default: "The tool failed"
        }
    }

    /// The tool in the form of Open Responses.
    package var functionTool: FunctionTool {
        FunctionTool(name: name, description: description, parameters: parameters, isStrict: isStrict)
    }
}

/// The arguments of a tool that has none.
private struct NoArguments: ToolArguments {}

extension JSONObject {
    /// The schema, with what an endpoint wants to be said of an object.
    fileprivate func ofTypeObject() throws(ModelSetupError) -> JSONObject {
        guard self["type"] ?? "object" == "object", self["properties"]?.objectValue != nil || !contains("properties")
        else { throw ModelSetupError("its schema is not that of an object") }
        var schema = self
        if !contains("type") { schema = JSONObject([("type", "object")] + schema.map { ($0.key, $0.value) }) }
        if !contains("properties") { schema["properties"] = [:] }
        return schema
    }
}
