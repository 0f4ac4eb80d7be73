package import AgentJSON

/// How many tokens a call of a model took.
public struct TokenUsage: Sendable, Hashable {
    /// Tokens that the model read.
    public var input: Int
    /// Tokens that the model wrote.
    public var output: Int
    /// All of them.
    public var total: Int
    /// Those of the input that came from the model's cache.
    public var cacheRead: Int?
    /// Those of the input that went into the model's cache.
    public var cacheCreation: Int?

    /// - Parameters:
    ///   - input: Tokens that the model read.
    ///   - output: Tokens that the model wrote.
    ///   - total: All of them; by default the sum.
    ///   - cacheRead: Those of the input that came from the model's cache.
    ///   - cacheCreation: Those of the input that went into the model's cache.
    public init(input: Int, output: Int, total: Int? = nil, cacheRead: Int? = nil, cacheCreation: Int? = nil) {
        self.input = input
        self.output = output
        self.total = total ?? input.addingReportingOverflow(output).partialValue
        self.cacheRead = cacheRead
        self.cacheCreation = cacheCreation
    }

    /// The object that MLflow keeps.
    package var json: JSONObject {
        var object: JSONObject = [
            "input_tokens": JSON(integerLiteral: input), "output_tokens": JSON(integerLiteral: output),
            "total_tokens": JSON(integerLiteral: total),
        ]
        if let cacheRead { object["cache_read_input_tokens"] = JSON(integerLiteral: cacheRead) }
        if let cacheCreation { object["cache_creation_input_tokens"] = JSON(integerLiteral: cacheCreation) }
        return object
    }

    /// Reads what ``json`` wrote; what is missing counts as nothing.
    package init?(_ json: JSON?) {
        guard let object = json?.objectValue else { return nil }
        func count(_ key: String) -> Int { object[key]?.intValue ?? 0 }
        self.init(
            input: count("input_tokens"), output: count("output_tokens"), total: count("total_tokens"),
            cacheRead: object["cache_read_input_tokens"]?.intValue,
            cacheCreation: object["cache_creation_input_tokens"]?.intValue
        )
    }

    package static func + (left: TokenUsage, right: TokenUsage) -> TokenUsage {
        func sum(_ left: Int, _ right: Int) -> Int {
            let (value, isOver) = left.addingReportingOverflow(right)
            return isOver ? .max : value
        }
        func sum(_ left: Int?, _ right: Int?) -> Int? {
            left == nil && right == nil ? nil : sum(left ?? 0, right ?? 0)
        }
        return TokenUsage(
            input: sum(left.input, right.input), output: sum(left.output, right.output),
            total: sum(left.total, right.total), cacheRead: sum(left.cacheRead, right.cacheRead),
            cacheCreation: sum(left.cacheCreation, right.cacheCreation)
        )
    }
}
