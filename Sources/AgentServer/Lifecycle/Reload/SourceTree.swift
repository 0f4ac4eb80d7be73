#if canImport(CoreFoundation)
// Where a dependency brings Foundation, `struct stat` counts as a type of this module, in builds of all files at once.
import CoreFoundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The sources of a package: the folders they are in, and what each file looks like from outside.
struct SourceTree: Sendable {
    /// When a file was changed, and its size.
    struct Stamp: Equatable, Sendable {
        var seconds: Int
        var nanoseconds: Int
        var size: Int
    }

    /// A look at all sources.
    struct Snapshot: Equatable, Sendable {
        var files: [String: Stamp] = [:]
        var folders: [String] = []

        static func == (one: Snapshot, other: Snapshot) -> Bool { one.files == other.files }
    }

    /// The package's folder.
    let root: String

    /// More than any package has; a link that leads up must not be followed for ever.
    private static let maximumDepth = 24
    private static let maximumFiles = 50_000

    /// Looks at all files that a build may read: everything but hidden folders, where builds put what they make.
    func snapshot() -> Snapshot {
        var snapshot = Snapshot()
        visit(root, depth: 0, into: &snapshot)
        return snapshot
    }

    private func visit(_ folder: String, depth: Int, into snapshot: inout Snapshot) {
        guard depth < Self.maximumDepth, let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        snapshot.folders.append(folder)
        while let entry = readdir(directory), snapshot.files.count < Self.maximumFiles {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Hidden names, and what editors write beside the file they save.
            if name.hasPrefix(".") || name.hasSuffix("~") || Self.leftOut.contains(name) { continue }
            let path = "\(folder)/\(name)"
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                visit(path, depth: depth + 1, into: &snapshot)
            } else if status.st_mode & S_IFMT == S_IFREG {
                snapshot.files[path] = Self.stamp(status)
            }
        }
    }

    /// What is no source, and changes by itself.
    private static let leftOut: Set<String> = ["Package.resolved", "node_modules", "DerivedData"]

    /// What a file looks like; `nil` where there is none.
    static func stamp(ofFile path: String) -> Stamp? {
        var status = stat()
        return stat(path, &status) == 0 ? stamp(status) : nil
    }

    private static func stamp(_ status: stat) -> Stamp {
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return Stamp(seconds: time.tv_sec, nanoseconds: time.tv_nsec, size: Int(status.st_size))
    }
}
