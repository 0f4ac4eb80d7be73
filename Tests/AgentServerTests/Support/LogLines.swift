import Logging
import Synchronization

/// Keeps what is logged.
final class LogLines: Sendable {
    private let messages = Mutex<[String]>([])
    private let allLevels = Mutex<[Logger.Level]>([])

    var all: [String] { messages.withLock { $0 } }

    /// The levels of the lines.
    var levels: [Logger.Level] { allLevels.withLock { $0 } }

    var logger: Logger { Logger(label: "lines") { [self] _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.messages.withLock { $0.append("\(event.message)") }
            lines.allLevels.withLock { $0.append(event.level) }
        }
    }
}
