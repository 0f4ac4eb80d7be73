import AgentJSON
import AgentMetrics

#if canImport(CoreFoundation)
// As in `SourceTree.swift`: where a dependency brings Foundation, the system's structures count as this module's.
import CoreFoundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder in which the workers of a supervisor keep what they have counted, for its owner's eyes only.
///
/// Before a worker's numbers are shown to anybody, it writes those that outlive it to a file of its own. So nothing that
/// was shown once is lost, whatever ends the worker, and sums never go down: to Prometheus that would be a new beginning.
/// When a worker has ended, the supervisor adds its file to that of all who have ended before.
struct MetricsFolder: Sendable {
    let path: String

    /// The variable that tells a worker where the folder is.
    static let variable = "AGENT_SERVER_METRICS"

    init(_ path: String) {
        self.path = path
    }

    /// Makes a folder.
    ///
    /// - Returns: `nil` where the system has no place for one.
    static func make(in parents: [String]) -> MetricsFolder? {
        // The path of a socket may have some hundred bytes.
        for parent in parents where parent.utf8.count < 50 {
            var template = Array("\(parent)/agent-server-XXXXXX".utf8CString)
            if mkdtemp(&template) != nil {
                return MetricsFolder(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
        }
        return nil
    }

    /// Removes the folder, and what is in it.
    func remove() {
        for file in files { unlink("\(path)/\(file)") }
        rmdir(path)
    }

    // MARK: Workers

    /// A worker's name in here: that of its process, and another number, for systems use those again.
    static func name(of pid: Int32) -> String { "\(pid)-\(UInt32.random(in: 0 ... .max))" }

    /// The workers that have been here, and have not been added to those that have ended.
    var workers: Set<String> {
        Set(
            files.filter { $0.hasSuffix(Self.totals) || $0.hasSuffix(Self.socket) }.compactMap {
                $0.split(separator: ".").first
            }.map(String.init))
    }

    func socket(of worker: String) -> String { "\(path)/\(worker)\(Self.socket)" }

    /// What a worker has counted, as it wrote it last.
    func totals(of worker: String) -> MetricsSnapshot? {
        json(in: worker + Self.totals).flatMap { MetricsSnapshot($0) }
    }

    func write(_ totals: MetricsSnapshot, of worker: String) {
        write(totals.json, to: worker + Self.totals)
    }

    // MARK: Those that have ended

    /// What all workers have counted that have ended.
    struct Ended {
        /// The last one. Its own file may still be there.
        var last = ""
        var totals = MetricsSnapshot()
    }

    var ended: Ended {
        guard let json = json(in: Self.ended), let last = json["last"]?.stringValue,
            let totals = json["totals"].flatMap({ MetricsSnapshot($0) })
        else { return Ended() }
        return Ended(last: last, totals: totals)
    }

    /// Adds a worker that has ended to those before. For the supervisor alone: nobody else writes that file.
    func add(ended pid: Int32) {
        for worker in workers where worker.hasPrefix("\(pid)-") {
            if let totals = totals(of: worker) {
                var sum = ended.totals
                sum.merge(totals)
                write(["last": .string(worker), "totals": .object(sum.json)], to: Self.ended)
            }
            unlink("\(path)/\(worker)\(Self.totals)")
            unlink(socket(of: worker))
        }
    }

    // MARK: Files

    private static let totals = ".totals"
    private static let socket = ".socket"
    private static let ended = "ended"
    private static let sizeLimit = 64 << 20

    private var files: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var files: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { files.append(name) }
        }
        return files
    }

    private func json(in file: String) -> JSON? {
        TextFile.read("\(path)/\(file)", limit: Self.sizeLimit).flatMap { try? JSON(parsing: $0) }
    }

    /// Writes a file so that nobody sees a part of it.
    private func write(_ object: JSONObject, to file: String) {
        let draft = "\(path)/.\(file)"
        if TextFile.write(object.encoded(), to: draft) { rename(draft, "\(path)/\(file)") }
    }
}
