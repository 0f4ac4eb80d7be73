/// A tool as a type: its properties are the arguments of a call.
///
///     struct GetForecast: CallableTool {
///         static let description = "The weather forecast for a city"
///         @Parameter("The city") var city: String
///
///         func call() async throws -> String {
///             "Sunny in \(city)"
///         }
///     }
///
///     let forecast = Tool(GetForecast.self)
///
/// A value is made for each call.
public protocol CallableTool: ToolArguments {
    associatedtype Output: Encodable & Sendable

    /// The name by which the model calls the tool; unless said otherwise, that of the type: `get_forecast` for `GetForecast`.
    static var name: String { get }

    /// What the tool does, and when to call it.
    static var description: String { get }

    /// Does it.
    ///
    /// - Returns: What the model is told: a `String` as it is, anything else as its JSON text.
    /// - Throws: ``ToolError`` with words for the model; of anything else the model learns that the tool failed.
    func call() async throws -> Output
}

extension CallableTool {
    public static var name: String { "\(self)".snakeCase }
}

extension String {
    /// The name of a type as that of a function: `http_get` for `HTTPGet`.
    fileprivate var snakeCase: String {
        var result = ""
        for (index, character) in zip(indices, self) {
            let next = self.index(after: index)
            let endsAcronym = next < endIndex && self[next].isLowercase
            if character.isUppercase, let previous = result.last, previous != "_",
                !self[self.index(before: index)].isUppercase || endsAcronym
            {
                result.append("_")
            }
            result.append(contentsOf: character.lowercased())
        }
        return result
    }
}
