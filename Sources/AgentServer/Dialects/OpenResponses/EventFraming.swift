import AgentJSON
import OpenResponses

/// How events go over the wire.
enum EventFraming: Sendable {
    /// Server-sent events, with the sentinel `[DONE]` at the end.
    case serverSentEvents
    /// One JSON document a line, each of which becomes a message of a WebSocket. JSON as we write it has no line feeds.
    case lines

    /// Appends one event.
    ///
    /// - Parameter log: Gets the event too.
    func write(_ event: StreamEvent, to bytes: inout [UInt8], log: inout EventLog?) {
        let start: Int
        switch self {
        case .serverSentEvents:
            Self.writeName(event.type, to: &bytes)
            start = bytes.count
            event.json.write(to: &bytes)
        case .lines:
            start = bytes.count
            event.json.write(to: &bytes)
        }
        if log != nil { log?.append(bytes[start...]) }
        bytes += self == .lines ? lineFeed : frameEnd
    }

    /// Appends a frame of an event that is already JSON.
    static func writeFrame(_ type: String, _ json: some Collection<UInt8>, to bytes: inout [UInt8]) {
        writeName(type, to: &bytes)
        bytes += json
        bytes += frameEnd
    }

    /// Appends what ends a stream.
    func writeEnd(to bytes: inout [UInt8]) {
        if self == .serverSentEvents { bytes += Self.done }
    }

    static let done = Array("data: [DONE]\n\n".utf8)

    private static func writeName(_ type: String, to bytes: inout [UInt8]) {
        bytes += namePrefix
        bytes += type.utf8
        bytes += dataPrefix
    }
}

private let namePrefix = Array("event: ".utf8)
private let dataPrefix = Array("\ndata: ".utf8)
private let frameEnd = Array("\n\n".utf8)
private let lineFeed = Array("\n".utf8)
