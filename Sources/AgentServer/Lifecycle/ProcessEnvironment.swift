#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The environment of this process, without Foundation.
package enum ProcessEnvironment {
    /// All variables, as they are now. To be read at the start, before anything could change them.
    package static var all: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return variables
    }
}

/// Makes what was printed visible at once, also where standard output is a pipe.
func flushStandardOutput() {
    fflush(nil)
}

/// Writes lines to standard error.
func printError(_ message: String) {
    let text = Array("\(message)\n".utf8)
    text.withUnsafeBytes { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while !rest.isEmpty {
            let count = write(STDERR_FILENO, rest.baseAddress, rest.count)
            if count <= 0 { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}

/// Ends the process with a line on standard error.
func endProcess(saying message: String, status: Int32 = 1) -> Never {
    printError("Error: \(message)")
    exit(status)
}
