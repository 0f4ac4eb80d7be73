import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A model's endpoint and the clients who ask it, in one process, so that one clock measures the way between them.
///
///     model-load --port 9000
///
/// The endpoint listens on that port, and streams chat completions whose pieces are the time at which they are sent. Each line of
/// standard input is a load of so many clients, and is answered by a line of JSON:
///
///     STREAMS REPEATS DELTAS MILLISECONDS PORT PATH
///
/// with the endpoint's own port and `/v1/chat/completions` for what it takes directly, and a server's port and
/// `/v1/responses` for what it takes by way of that.
@main
struct ModelLoad {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, arguments[1] == "--port", let port = Int(arguments[2]) else {
            say("usage: model-load --port PORT")
            exit(64)
        }
        // One thread for all: the machine's other core is the server's.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        _ = try await Endpoint.listen(on: port, group: group)
        say("ready")
        while let line = readLine() {
            guard let load = Load(line) else {
                say("no load: \(line)")
                exit(64)
            }
            do {
                say(try await load.run(on: group).json)
            } catch {
                say("not all could connect: \(error)")
                exit(1)
            }
        }
        try await group.shutdownGracefully()
    }

    private static func say(_ text: String) {
        print(text)
        fflush(nil)
    }
}
