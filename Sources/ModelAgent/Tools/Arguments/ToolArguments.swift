public import AgentServer

/// The arguments of a tool: a type with a ``Parameter`` for each of them.
///
///     struct Forecast: ToolArguments {
///         @Parameter("The city, in English") var city: String
///         @Parameter("How many days ahead, at most 7") var days: Int = 1
///         @Parameter("The unit of temperatures") var unit: Unit?
///
///         enum Unit: String, ToolValue, CaseIterable { case celsius, fahrenheit }
///     }
///
/// The JSON Schema for the model is made of it: the names of the properties, or those that `CodingKeys` give them, their types
/// and descriptions. The type of a parameter is any ``ToolValue``, further arguments (an object) among them.
///
/// Every property is a parameter: one that is not, but is decoded, is an error of the tool. Leave a property that has another
/// purpose out of `CodingKeys`, and give it a default. Leave decoding to the compiler. Members that the model makes up are
/// ignored.
public protocol ToolArguments: ToolValue {
    /// Creates arguments whose parameters have their defaults, or no values yet. The compiler writes it.
    init()
}

extension ToolArguments {
    /// Makes the arguments of a call, as a model would write them; for tests.
    ///
    /// - Throws: ``ToolError`` that names the members that are missing or of the wrong type.
    public init(arguments: JSONObject) throws {
        try self.init(toolArgument: ToolArgument(.object(arguments)))
    }

    public static func toolSchema(in scope: ToolSchemaScope) throws -> JSONObject {
        try scope.schema(of: self)
    }

    public init(toolArgument argument: ToolArgument) throws {
        let object = try argument.object()
        var values: [String: any DeclaredParameter] = [:]
        var problems: [String] = []
        for (key, parameter) in try ParameterList(of: Self.self).parameters {
            let member = argument.member(key, of: object)
            do {
                guard member != nil || !parameter.isRequired else {
                    throw argument.at(key, .null).error("is missing")
                }
                values[key] = try parameter.reading(member)
            } catch let error as ToolError {
                problems.append(error.message)
            }
        }
        // All of them at once: each further answer of the model takes its time.
        guard problems.isEmpty else { throw ToolError(problems.joined(separator: "\n")) }
        self = try argument.naming { try Self(from: ParameterDecoder(Self.self, values)) }
    }
}
