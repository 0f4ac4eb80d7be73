import WebClient

/// A model behind an OpenAI-compatible endpoint: where it is, and how it is asked.
///
///     let model = try Model("gpt-5-mini", at: "https://api.openai.com/v1", key: key)
public struct Model: Sendable {
    /// The wire format of an endpoint.
    public enum API: String, Sendable, CaseIterable {
        /// Found out by the first call: the Responses API at OpenAI's own addresses, elsewhere chat completions, and the
        /// other one where that is not there.
        case automatic = "auto"
        /// `POST …/chat/completions`
        case chatCompletions = "chat"
        /// `POST …/responses`
        case responses
    }

    /// Bounds of what is asked of an endpoint.
    public struct Limits: Sendable {
        /// How often a call is made that fails before anything of its answer was shown.
        public var attempts = 3
        /// How long the first piece of an answer may take. No further attempt begins after that time.
        public var firstPiece: Duration = .seconds(300)
        /// How long nothing may come after that; it is noticed within twice that time.
        public var pause: Duration = .seconds(120)
        /// The same where the model has ended, and only the end of the stream is missing: there are endpoints that never write
        /// it.
        public var endPause: Duration = .seconds(5)
        /// Up to which `Retry-After` a refused call is repeated rather than given up.
        public var longestRetryAfter: Duration = .seconds(20)
        /// Calls at the same time.
        public var simultaneous = 1_024
        /// Calls that wait for their turn; beyond, they are refused.
        public var waiting = 1_024

        public init() {}
    }

    /// The name by which the endpoint knows it.
    public var name: String
    /// The API key, sent as a bearer token; `nil` where the endpoint wants none.
    public var key: String?
    /// The wire format.
    public var api: API
    /// Headers that each call carries.
    public var headers: [(name: String, value: String)] = []
    /// Bounds.
    public var limits = Limits()

    let address: WebAddress

    /// A model.
    ///
    /// - Parameters:
    ///   - name: The name by which the endpoint knows it.
    ///   - url: The endpoint's address, up to what stands before `/chat/completions`: `http://localhost:11434/v1` for example.
    ///   - key: The API key.
    ///   - api: The wire format.
    /// - Throws: ``ModelSetupError`` where the URL is none.
    public init(_ name: String, at url: String, key: String? = nil, api: API = .automatic) throws(ModelSetupError) {
        guard let address = WebAddress(url), !url.contains("#") else {
            // Before an @ there may be a password.
            let shown = url.contains("@") ? "What stands there" : "'\(url)'"
            throw ModelSetupError("\(shown) is no URL of a model's endpoint, http://localhost:11434/v1 for example")
        }
        let path = address.target.prefix { $0 != "?" }
        for ending in ["/chat/completions", "/responses"] where path.hasSuffix(ending) {
            throw ModelSetupError("'\(address.logged)' is where calls go; leave out \(ending)")
        }
        guard !name.isEmpty else { throw ModelSetupError("The model has no name") }
        self.name = name
        self.address = address
        self.key = key
        self.api = api
    }

    /// The wire formats to try, the first one first.
    var formats: [Format] {
        switch api {
        case .chatCompletions: [.chat]
        case .responses: [.responses]
        case .automatic: address.isOpenAI ? [.responses, .chat] : [.chat, .responses]
        }
    }

    enum Format: Sendable, Hashable {
        case chat
        case responses
    }
}

extension WebAddress {
    fileprivate var isOpenAI: Bool { host == "api.openai.com" || host.hasSuffix(".openai.azure.com") }
}
