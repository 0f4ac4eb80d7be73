import AgentServer
import NIOCore
import NIOHTTP1
import WebClient

/// Reads the answer to a call while it comes.
struct AnswerReader<API: ModelAPI> {
    private var decoder: API.Decoder
    private let deadline: ContinuousClock.Instant
    private var isFirst = true

    /// - Parameter deadline: When the first event has to be there, whatever else has come.
    init(_ turn: ModelTurn, until deadline: ContinuousClock.Instant) {
        decoder = API.decoder(for: turn)
        self.deadline = deadline
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
        let isJSON = type.hasPrefix("application/json")
        var whole = ByteBuffer()
        reading: while let piece = try await next(stream) {
            if isJSON {
                whole.writeImmutableBuffer(piece)
                guard whole.readableBytes <= Self.wholeLimit else {
                    throw ModelFailure(.malformed, "The answer is larger than \(Self.wholeLimit) bytes")
                }
                continue
            }
            if isFirst, deadline < .now {
                throw ModelFailure(.unreachable, "no answer in time", code: ModelFailure.timeout)
            }
            for data in try events.feed(piece.readableBytesView) {
                try await pass(try decoder.read(data), onFirst, show)
                if decoder.isOver {
                    stream.leave()
                    break reading
                }
            }
        }
        if isJSON { try await pass(try decoder.read(String(buffer: whole)), onFirst, show) }
        let (rest, answer) = try decoder.finish()
        try await pass(rest, onFirst, show)
        return answer
    }

    /// Bytes that an answer may have that is not streamed.
    private static var wholeLimit: Int { 64 << 20 }

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
