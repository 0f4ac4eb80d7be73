import AgentServer
import ArgumentParser
import ModelAgent

struct Forecast: ToolArguments {
    @Parameter("The city, in English") var city: String
    @Parameter("How many days ahead, at most 7") var days: Int = 1
    @Parameter("The unit of temperatures") var unit: Unit?

    enum Unit: String, ToolValue, CaseIterable { case celsius, fahrenheit }
}

struct Report: Encodable {
    var sky: String
    var temperature: Int
    var unit: Forecast.Unit
}

/// It is always fine: a real one would ask somebody.
let forecast = Tool("get_forecast", "The weather forecast for a city") { (arguments: Forecast) in
    guard (0...7).contains(arguments.days) else { throw ToolError("Only 7 days ahead are known") }
    let unit = arguments.unit ?? .celsius
    return Report(sky: "sunny", temperature: unit == .celsius ? 21 : 70, unit: unit)
}

/// A model with a tool: `swift run Forecast --model-url http://localhost:11434/v1 --model qwen3`.
@main
struct Forecaster: AsyncParsableCommand {
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        guard let agent = try model.agent(server, tools: [forecast]) else {
            throw ValidationError("Name a model: --model-url and --model")
        }
        await ModelAgent.serve(server) { agent }
    }
}
