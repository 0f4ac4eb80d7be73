#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The path of the program that this process runs.
enum ProgramPath {
    /// The file name of the program, as it was started.
    static var name: String {
        CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "agent-server"
    }

    /// The folder that the process works in.
    static var workingFolder: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    /// The path as it is now. Ask early: when a new program has taken the place of this one, the system may not know it
    /// any more.
    static func current() throws -> String {
        #if canImport(Darwin)
        var size: UInt32 = 4096
        var buffer = [CChar](repeating: 0, count: Int(size))
        let count = _NSGetExecutablePath(&buffer, &size) == 0 ? strlen(buffer) : 0
        #else
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, 4096)
        #endif
        guard count > 0 else { throw ServerError(message: "The path of this program cannot be found") }
        return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
