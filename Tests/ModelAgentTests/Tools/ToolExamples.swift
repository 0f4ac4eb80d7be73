import AgentServer
import ModelAgent

/// Arguments as an author writes them.
struct Forecast: ToolArguments {
    @Parameter("The city, in English") var city: String
    @Parameter("How many days ahead, at most 7") var days: Int = 1
    @Parameter("The unit of temperatures") var unit: Unit?

    enum Unit: String, ToolValue, CaseIterable { case celsius, fahrenheit }
}

struct Report: Codable, Sendable {
    var city: String
    var days: Int
    var unit: String?
}

let forecast = Tool("get_forecast", "The weather forecast for a city") { (arguments: Forecast) in
    Report(city: arguments.city, days: arguments.days, unit: arguments.unit?.rawValue)
}

/// A tool as a type.
struct GetForecast: CallableTool {
    static let description = "The weather forecast for a city"
    @Parameter("The city") var city: String

    func call() async throws -> Report {
        guard city != "Atlantis" else { throw ToolError("There is no such city; ask the user for another one") }
        return Report(city: city, days: 1)
    }
}

/// Arguments in arguments.
struct Journey: ToolArguments {
    @Parameter("Where it begins") var start: Place
    @Parameter("Where it goes, in order") var stops: [Place]
    @Parameter var budget: Double?

    struct Place: ToolArguments {
        @Parameter("The name of the city") var city: String
        @Parameter var nights: UInt8 = 1
    }
}

let journey = Tool("plan_journey", "Plans a journey") { (arguments: Journey) in
    let stops = arguments.stops.map { "\($0.nights) in \($0.city)" }
    return "From \(arguments.start.city): \(stops.joined(separator: ", "))"
}

/// One parameter of any type.
struct One<Value: ToolValue>: ToolArguments {
    @Parameter var value: Value

    /// What a tool with this parameter answers: the value again.
    static var echo: Tool {
        Tool("echo", "Says it again") { (arguments: Self) in arguments.value }
    }
}

enum Level: Int, ToolValue, CaseIterable { case low = 1, high = 9 }

/// A type with a schema of its own, which is decoded.
struct Day: ToolValue, Equatable {
    var text: String

    static func toolSchema(in scope: ToolSchemaScope) -> JSONObject { ["type": "string", "format": "date"] }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text = try container.decode(String.self)
        guard text.utf8.count == 10 else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "Write a day as 2026-01-31.")
        }
    }

    func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
}

/// A type with a schema of its own that is decoded with members.
struct Point: ToolValue {
    var x: Int
    var path: [Int]

    static func toolSchema(in scope: ToolSchemaScope) throws -> JSONObject {
        ["type": "object", "properties": ["x": ["type": "integer"], "path": .object(try [Int].toolSchema(in: scope))]]
    }
}

/// A type that says itself what is wrong with a value.
struct Percentage: ToolValue {
    var value: Int

    static func toolSchema(in scope: ToolSchemaScope) -> JSONObject { ["type": "integer"] }

    init(toolArgument argument: ToolArgument) throws {
        value = try Int(toolArgument: argument)
        guard (0...100).contains(value) else { throw argument.error("must be 0 to 100") }
    }
}
