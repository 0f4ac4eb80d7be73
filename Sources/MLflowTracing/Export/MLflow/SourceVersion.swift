#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The commit that a program was started in, as its working directory's Git repository tells it.
package struct SourceVersion: Sendable, Equatable {
    package var commit = ""
    package var branch = ""
    package var repositoryURL = ""

    /// Nothing is known.
    package init() {}

    /// Reads the repository that a folder is in.
    ///
    /// The files are read rather than `git` asked: servers seldom have it.
    ///
    /// - Parameter folder: An absolute path.
    package init(of folder: String) {
        var folder = folder
        while !folder.isEmpty {
            if let repository = Self.repository(at: folder + "/.git") {
                read(repository)
                return
            }
            guard let slash = folder.lastIndex(of: "/") else { return }
            folder = String(folder[..<slash])
        }
    }

    /// Where a repository's own files are, and those it shares with its other working trees.
    private static func repository(at path: String) -> (own: String, shared: String)? {
        if file(path + "/HEAD") != nil { return (path, path) }
        // A working tree beside the main one, or a submodule: a file that names the place.
        guard let text = file(path), text.hasPrefix("gitdir: ") else { return nil }
        var own = String(text.dropFirst(8).prefix { !$0.isNewline })
        if !own.hasPrefix("/") { own = path.dropLast(5) + "/" + own }
        guard file(own + "/HEAD") != nil else { return nil }
        guard let common = file(own + "/commondir")?.prefix(while: { !$0.isNewline }) else { return (own, own) }
        return (own, common.hasPrefix("/") ? String(common) : own + "/" + common)
    }

    private mutating func read(_ repository: (own: String, shared: String)) {
        guard let head = Self.file(repository.own + "/HEAD")?.prefix(while: { !$0.isNewline }) else { return }
        if head.hasPrefix("ref: ") {
            let reference = head.dropFirst(5)
            branch = reference.hasPrefix("refs/heads/") ? String(reference.dropFirst(11)) : String(reference)
            commit = Self.commit(of: String(reference), in: repository) ?? ""
        } else {
            commit = String(head)
        }
        repositoryURL = Self.originURL(in: Self.file(repository.shared + "/config") ?? "")
    }

    private static func commit(of reference: String, in repository: (own: String, shared: String)) -> String? {
        for folder in [repository.own, repository.shared] {
            if let commit = file(folder + "/" + reference)?.prefix(while: { !$0.isNewline }) { return String(commit) }
        }
        let packed = file(repository.shared + "/packed-refs") ?? ""
        for line in packed.split(whereSeparator: \.isNewline) where line.hasSuffix(" " + reference) {
            return String(line.prefix { $0 != " " })
        }
        return nil
    }

    /// The `url` of `[remote "origin"]`, without a user or a key of access that it may hold.
    private static func originURL(in config: String) -> String {
        var isOrigin = false
        for line in config.split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("[") {
                isOrigin = line.hasPrefix("[remote \"origin\"]")
            } else if isOrigin, line.hasPrefix("url"), let mark = line.firstIndex(of: "=") {
                return withoutUser(String(line[line.index(after: mark)...].drop { $0 == " " || $0 == "\t" }))
            }
        }
        return ""
    }

    private static func withoutUser(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        // With `ssh`, the user belongs to the place, and the key is elsewhere.
        let isWeb = ["http", "https"].contains(url[..<scheme.lowerBound].lowercased())
        guard let at = rest[..<end].lastIndex(of: "@"), isWeb || rest[..<at].contains(":") else { return url }
        return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }

    /// A small file's text.
    static func file(_ path: String) -> String? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        guard count > 0, ferror(file) == 0 else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
