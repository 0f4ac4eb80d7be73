import AgentServer
import NIOCore
import NIOHTTP1
import WebClient

/// Reads the answer to a call while it comes.
struct AnswerReader<API: ModelAPI> {
    private var decoder: API.Decoder
    private let deadline: NIODeadline
    private let limits: Model.Limits
    private var isFirst = true
    /// Whether nothing but the end of the stream is waited for.
    private var isEnding = false

    /// - Parameters:
    ///   - deadline: When the answer has to be whole.
    ///   - limits: How long nothing may come after the first event.
    init(_ turn: ModelTurn, until deadline: NIODeadline, _ limits: Model.Limits) {
        decoder = API.decoder(for: turn)
        self.deadline = deadline
        self.limits = limits
    }

    /// - Parameters:
    ///   - onFirst: Called when the first event has come.
    ///   - show: Takes each event.
    consuming nonisolated(nonsending) func read(
        _ stream: WebStream, onFirst: () -> Void, show: nonisolated(nonsending) (StreamEvent) async throws -> Void
    ) async throws -> ModelAnswer {
        var events = ServerSentEvents()
        let type = stream.headers.first(name: "content-type")?.lowercased() ?? ""
        guard !type.hasPrefix("text/html") else { throw ModelFailure(.malformed, "The endpoint answered with a page") }
        var isJSON = type.hasPrefix("application/json")
        var whole = ByteBuffer()
        reading: while let piece = try await next(stream) {
            // There are gateways that call everything by that name.
            if isJSON, whole.readableBytes == 0 { isJSON = piece.beginsJSON }
            if isJSON {
                whole.writeImmutableBuffer(piece)
                guard whole.readableBytes <= Self.wholeLimit else {
                    throw ModelFailure(.malformed, "The answer is larger than \(Self.wholeLimit) bytes")
                }
                continue
            }
            for data in try events.feed(piece.readableBytesView) {
                let shown = try await decode(data)
                if isFirst, !shown.isEmpty { stream.setPause(limits.pause, until: deadline) }
                // There are endpoints that say with each piece that it is the last one.
                if decoder.isComplete, shown.isEmpty != isEnding {
                    isEnding = shown.isEmpty
                    stream.setPause(isEnding ? limits.endPause : limits.pause)
                }
                try await pass(shown, onFirst, show)
                if decoder.isOver {
                    stream.leave()
                    break reading
                }
            }
        }
        if isJSON { try await pass(try await decode(String(buffer: whole)), onFirst, show) }
        let (rest, answer) = try decoder.finish()
        try await pass(rest, onFirst, show)
        return answer
    }

    /// Bytes that an answer may have that is not streamed.
    private static var wholeLimit: Int { 64 << 20 }

    /// Reads an event: in the pool where it is long, for it would hold up all connections of the event loop.
    private mutating nonisolated(nonsending) func decode(_ data: String) async throws -> [StreamEvent] {
        guard data.utf8.count > AgentPool.smallBytes else { return try decoder.read(data) }
        let before = decoder
        let (events, after) = try await AgentPool.shared.run { () throws(ModelFailure) in
            var decoder = before
            return (try decoder.read(data), decoder)
        }
        decoder = after
        return events
    }

    private nonisolated(nonsending) func next(_ stream: WebStream) async throws -> ByteBuffer? {
        do {
            return try await stream.next()
        } catch {
            try Task.checkCancellation()
            // Where only the end of the connection's own framing is missing, the answer is whole.
            var copy = decoder
            if (try? copy.finish()) != nil { return nil }
            throw ModelFailure(error)
        }
    }

    private mutating nonisolated(nonsending) func pass(
        _ events: [StreamEvent], _ onFirst: () -> Void,
        _ show: nonisolated(nonsending) (StreamEvent) async throws -> Void
    ) async throws {
        if isFirst, !events.isEmpty {
            isFirst = false
            onFirst()
        }
        for event in events { try await show(event) }
    }
}

extension ByteBuffer {
    /// Whether the first of its bytes that is no white space begins an object or a list of JSON; also where there is none.
    fileprivate var beginsJSON: Bool {
        let first = readableBytesView.first { $0 > 0x20 }
        return first.map { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") } ?? true
    }
}
