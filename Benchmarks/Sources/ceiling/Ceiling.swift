import Hummingbird
import Logging
import NIOCore

/// What plain Hummingbird needs to read a body and answer fixed JSON: the least that this server can be asked for.
///
///     ceiling --port 8000 --answer-bytes 400
@main
struct Ceiling {
    static func main() async throws {
        let answer = fixedAnswer(bytes: option("--answer-bytes") ?? 400)
        let router = Router()
        router.get("health") { _, _ in HTTPResponse.Status.ok }
        router.post("invocations") { request, _ in
            var request = request
            _ = try await request.collectBody(upTo: 64 << 20)
            return Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: answer)
            )
        }
        var logger = Logger(label: "ceiling")
        logger.logLevel = .warning
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: option("--port") ?? 8000)
            ),
            logger: logger
        )
        try await application.runService()
    }

    /// A JSON object of exactly so many bytes, made once.
    private static func fixedAnswer(bytes: Int) -> ByteBuffer {
        let (start, end) = (#"{"text":""#, #""}"#)
        let padding = String(repeating: "x", count: max(0, bytes - start.utf8.count - end.utf8.count))
        return ByteBuffer(string: start + padding + end)
    }

    private static func option(_ name: String) -> Int? {
        let arguments = CommandLine.arguments
        guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
        return Int(arguments[index + 1])
    }
}
