#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The processes of this machine, from `/proc`.
enum ProcessTable {
    /// The processes that one has started and that run, in their order.
    static func children(of parent: Int32) -> [Int32] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var children: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let child = Int32(name), let fields = fields(of: child) else { continue }
            if fields.isRunning, fields.parent == parent { children.append(child) }
        }
        return children.sorted()
    }

    /// Whether a process is there, and has not ended.
    static func isRunning(_ pid: Int32) -> Bool { fields(of: pid)?.isRunning ?? false }

    /// What follows the name in `/proc/N/stat`: the state, and the parent.
    private static func fields(of pid: Int32) -> (isRunning: Bool, parent: Int32)? {
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
        return (fields[0] != "Z", parent)
    }
}
