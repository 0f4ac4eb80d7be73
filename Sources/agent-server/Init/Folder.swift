import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Folders and small files, without Foundation.
enum Folder {
    /// Makes a folder that is not there yet.
    static func create(_ path: String) throws {
        guard mkdir(path, 0o777) == 0 else {
            throw ValidationError(
                errno == EEXIST ? "\(path) exists already" : "\(path) cannot be made: \(reason)"
            )
        }
    }

    /// Writes a file, and makes the folders that lead to it.
    static func write(_ text: String, to path: String) throws {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += folder.isEmpty ? String(part) : "/\(part)"
            if mkdir(folder, 0o777) != 0, errno != EEXIST {
                throw ValidationError("\(folder) cannot be made: \(reason)")
            }
        }
        guard let file = fopen(path, "wx") else { throw ValidationError("\(path) cannot be written: \(reason)") }
        let isWritten = fputs(text, file) >= 0
        guard fclose(file) == 0, isWritten else { throw ValidationError("\(path) cannot be written: \(reason)") }
    }

    /// The whole path of a folder.
    static func absolute(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else { throw ValidationError("There is no folder \(path)") }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
