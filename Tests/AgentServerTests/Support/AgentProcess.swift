import Foundation
import Synchronization

/// The scripted agent as a process of its own.
final class AgentProcess: Sendable {
    /// What a process that has ended left behind.
    struct Outcome: Sendable {
        var status: Int32
        var standardOutput: String
        var standardError: String
    }

    private let process: Mutex<Process>
    private let output = Collector()
    private let errors = Collector()
    private let ended = OneTime<Int32>()

    /// Starts the process.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - environment: Variables beside those of the test itself.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let process = Process()
        // Beside the tests' own executable, where the build has put it.
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("scripted-agent")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = output.pipe
        process.standardError = errors.pipe
        process.standardInput = FileHandle.nullDevice
        let ended = ended
        process.terminationHandler = { ended.set($0.terminationStatus) }
        try process.run()
        self.process = Mutex(process)
    }

    deinit {
        process.withLock { if $0.isRunning { $0.terminate() } }
    }

    /// The port it says it serves on.
    func port() async throws -> Int {
        let line = await output.firstLine.value
        guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else { throw NoPort(line: line) }
        return port
    }

    private struct NoPort: Error {
        var line: String
    }

    /// Sends SIGTERM.
    func terminate() {
        process.withLock { $0.terminate() }
    }

    /// Waits for its end.
    func outcome() async -> Outcome {
        let status = await ended.value
        return Outcome(status: status, standardOutput: await output.all.value, standardError: await errors.all.value)
    }
}

/// Collects what comes out of a pipe.
private final class Collector: Sendable {
    let pipe = Pipe()
    /// The first line, or what there was at the end.
    let firstLine = OneTime<String>()
    /// Everything, at the end.
    let all = OneTime<String>()
    private let bytes = Mutex<[UInt8]>([])

    init() {
        pipe.fileHandleForReading.readabilityHandler = { [self] handle in
            let data = handle.availableData
            let text = bytes.withLock { bytes in
                bytes += data
                return String(decoding: bytes, as: UTF8.self)
            }
            if let line = text.split(separator: "\n").first, text.contains("\n") || data.isEmpty {
                firstLine.set(String(line))
            }
            guard data.isEmpty else { return }
            handle.readabilityHandler = nil
            firstLine.set(text)
            all.set(text)
        }
    }
}

/// A value that is set once and can be awaited often.
final class OneTime<Value: Sendable>: Sendable {
    private let signal = Signal()
    private let box = Mutex<Value?>(nil)

    func set(_ value: Value) {
        box.withLock { if $0 == nil { $0 = value } }
        signal.set()
    }

    var value: Value {
        get async {
            await signal.wait()
            guard let value = box.withLock({ $0 }) else { preconditionFailure("set before the signal") }
            return value
        }
    }
}
