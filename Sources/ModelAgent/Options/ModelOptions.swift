public import AgentServer
public import ArgumentParser

/// What a command line says of a model.
public struct ModelOptions: ParsableArguments, Sendable {
    @Option(help: Self.help("The address of an OpenAI-compatible endpoint, up to /v1", "MODEL_URL", "none"))
    var modelURL: String?

    @Option(help: Self.help("The model's name, as the endpoint knows it", "MODEL", "none"))
    var model: String?

    @Option(help: Self.help("A file with what stands before every conversation", "INSTRUCTIONS", "none"))
    var instructions: String?

    @Option(
        help: Self.help(
            "The name of the variable that holds the endpoint's API key", "MODEL_KEY_ENV",
            "OPENAI_API_KEY, where it is set"
        )
    )
    var modelKeyEnv: String?

    @Option(help: Self.help("What the endpoint speaks: chat, responses, or auto to find out", "MODEL_API", "auto"))
    var modelAPI: String?

    @Option(help: Self.help("Seconds that the model's first word may take", "MODEL_TIMEOUT", "300"))
    var modelTimeout: String?

    @Option(help: Self.help("Calls of the model at the same time; as many more wait", "MODEL_CONCURRENCY", "1024"))
    var modelConcurrency: String?

    public init() {}

    private static func help(_ text: String, _ name: String, _ value: String) -> ArgumentHelp {
        "\(text). Environment: AGENT_SERVER_\(name). Default: \(value)."
    }

    /// The agent that the options describe, or else the environment, or else the file that `--config` names.
    ///
    /// - Parameters:
    ///   - options: The server's options.
    ///   - tools: The functions that the agent runs itself.
    ///   - limits: Bounds of one response.
    /// - Returns: `nil` where no model is named.
    /// - Throws: What is wrong, with the name of the option at fault.
    public func agent(
        _ options: ServerOptions, tools: [Tool] = [], limits: ModelAgent.Limits = ModelAgent.Limits()
    ) throws -> ModelAgent? {
        let environment = ProcessEnvironment.all
        var settings = try options.settings(environment)
        var (url, name) = (nil as Settings.Value?, nil as Settings.Value?)
        try settings.text("model-url", modelURL) { url = $0 }
        try settings.text("model", model) { name = $0 }
        guard url != nil || name != nil else {
            let others = [
                ("--instructions", instructions), ("--model-key-env", modelKeyEnv), ("--model-api", modelAPI),
                ("--model-timeout", modelTimeout), ("--model-concurrency", modelConcurrency),
            ]
            if let (option, _) = others.first(where: { $1 != nil }) {
                throw ModelSetupError("\(option) is of a model, but --model-url and --model are missing")
            }
            return nil
        }
        guard let url else {
            throw ModelSetupError("\(name?.place ?? "--model") names a model, but --model-url is missing")
        }
        guard let name else { throw ModelSetupError("\(url.place) names an endpoint, but --model is missing") }
        var model = try Model(name.text, at: url.text)
        model.key = environment["OPENAI_API_KEY"]
        try settings.text("model-key-env", modelKeyEnv) { value in
            model.key = environment[value.text]
            if model.key?.isEmpty ?? true {
                throw ModelSetupError("\(value.place) names \(value.text), which is not set")
            }
        }
        model.key = try model.key.flatMap { try Self.key($0) }
        try settings.text("model-api", modelAPI) { value in
            guard let api = Model.API(rawValue: value.text) else {
                throw ModelSetupError("\(value.place) is '\(value.text)'; it must be auto, chat or responses")
            }
            model.api = api
        }
        try settings.seconds("model-timeout", modelTimeout, in: 1...86_400) { model.limits.firstPiece = $0 }
        try settings.number("model-concurrency", modelConcurrency, in: 1...65_536) { count in
            model.limits.simultaneous = count
            model.limits.waiting = count
        }
        var text: String?
        try settings.text("instructions", instructions) { text = try Self.text($0) }
        return try ModelAgent(model, instructions: text, tools: tools, limits: limits)
    }

    /// A key without the line break that a file of a secret may end with.
    private static func key(_ text: String) throws(ModelSetupError) -> String? {
        let bytes = text.utf8.filter { $0 > 0x20 }
        guard bytes.allSatisfy({ $0 < 0x7F }) else {
            throw ModelSetupError("The model's key holds characters that no key has")
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private static func text(_ file: Settings.Value) throws(ModelSetupError) -> String {
        guard let bytes = TextFile.read(file.text, limit: 1 << 20), let text = String(validating: bytes, as: UTF8.self)
        else {
            throw ModelSetupError(
                "\(file.place) names \(file.text), which is no text of at most 1 MiB that can be read")
        }
        // The line break at a file's end is none of the instructions.
        var end = text.endIndex
        while end > text.startIndex, text[text.index(before: end)].isNewline { end = text.index(before: end) }
        return String(text[..<end])
    }
}
