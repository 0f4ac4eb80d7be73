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

/// What the system knows of this process, as far as it tells in `/proc`.
enum ProcessStatistics {
    static var readings: [ServerMetric.Reading] {
        var readings = [ServerMetric.Reading(.cpuSeconds, cpuSeconds)]
        if let bytes = residentBytes { readings.append(.init(.residentMemory, bytes)) }
        if let startTime { readings.append(.init(.startTime, startTime)) }
        if let count = openFiles { readings.append(.init(.openFiles, count)) }
        return readings
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        #if canImport(Glibc)
        let own = __rusage_who_t(RUSAGE_SELF.rawValue)
        #else
        let own = RUSAGE_SELF
        #endif
        getrusage(own, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static var residentBytes: Int? {
        guard let fields = text("/proc/self/statm")?.split(separator: " "), fields.count > 1 else { return nil }
        return Int(fields[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }

    /// Seconds since 1970. It does not change, and takes two files.
    private static let startTime: Double? = {
        // The name of the program, in parentheses, may have spaces and parentheses.
        guard let fields = text("/proc/self/stat")?.split(separator: ")").last?.split(separator: " "),
            fields.count > 19, let ticks = Double(fields[19]),
            let line = text("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let boot = Double(line.dropFirst(6))
        else { return nil }
        return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static var openFiles: Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Not itself, nor the two names that every folder has.
        return max(0, count - 3)
    }

    private static func text(_ path: String) -> String? {
        TextFile.read(path, limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
    }
}
