import NIOCore
import NIOHTTP1
import WebClient

/// What the head of an answer says about its body and its connection, found in one pass over the headers.
struct AnswerFacts {
    /// The body's length, where the head tells it.
    private(set) var length: Int?
    /// Whether the connection stays open afterwards.
    private(set) var isKeptAlive: Bool
    /// How long the app keeps an idle connection open, less a second; `nil` where it does not say.
    private(set) var keptFor: TimeAmount?

    init(_ head: HTTPResponseHead) {
        isKeptAlive = head.version == .http1_1
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 10 where name.isHeader("connection"): readConnection(value)
            case 10 where name.isHeader("keep-alive"): keptFor = Self.time(value)
            case 14 where name.isHeader("content-length"): length = Int(value)
            default: break
            }
        }
    }

    private mutating func readConnection(_ value: String) {
        if value == "keep-alive" {
            isKeptAlive = true
            return
        }
        let tokens = value.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }
        if tokens.contains("close") {
            isKeptAlive = false
        } else if tokens.contains("keep-alive") {
            isKeptAlive = true
        }
    }

    private static func time(_ hint: String) -> TimeAmount? {
        let parameters = hint.lowercased().split { $0 == "," || $0 == " " }
        guard let timeout = parameters.first(where: { $0.hasPrefix("timeout=") }),
            let seconds = Int64(timeout.dropFirst("timeout=".count))
        else { return nil }
        return .milliseconds(max(100, min(seconds, 60) * 1000 - 1000))
    }
}
