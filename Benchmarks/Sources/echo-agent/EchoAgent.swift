import AgentServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Says the last user text again, one piece per word: what `peers/mlflow_echo.py` does.
///
/// The text `hold 30` is answered with one piece, and the call then stays open for 30 seconds.
@main
struct EchoAgent: ResponsesAgent {
    /// The pool, or with `ECHO_EXECUTION=connection` in the environment the connection's own loop.
    let execution: AgentExecution

    init() {
        execution = getenv("ECHO_EXECUTION").map { String(cString: $0) } == "connection" ? .connection : .pool
    }

    func respond(to request: AgentRequest, writing response: ResponseWriter) async throws {
        let text = request.lastUserText
        if let seconds = Self.secondsToHold(text) {
            try await response.text("holding")
            try await Task.sleep(for: .seconds(seconds))
            return
        }
        var isFirst = true
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            try await response.text(isFirst ? String(word) : " " + word)
            isFirst = false
        }
    }

    private static func secondsToHold(_ text: String) -> Int? {
        text.hasPrefix("hold ") ? Int(text.dropFirst("hold ".count)) : nil
    }
}
