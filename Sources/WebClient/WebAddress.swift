/// A URL with the scheme `http` or `https`, taken apart. Without a user, for there a password might stand.
package struct WebAddress: Sendable, Equatable {
    package let isSecure: Bool
    /// Without brackets.
    package let host: String
    package let port: Int
    /// Host and port, as they were written.
    package let authority: String
    /// Path and query.
    package private(set) var target: String

    package init?(_ text: String) {
        guard let mark = text.firstRange(of: "://"), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        switch text[..<mark.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: return nil
        }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@"), !authority.contains("\\") else { return nil }
        self.authority = String(authority)
        target = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
        var portText: Substring
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[..<bracket].dropFirst())
            portText = authority[bracket...].dropFirst()
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            host = String(authority[..<colon])
            portText = authority[colon...]
        }
        guard !host.isEmpty else { return nil }
        if portText.isEmpty {
            port = isSecure ? 443 : 80
        } else {
            guard portText.removeFirst() == ":", let number = UInt16(portText), number > 0 else { return nil }
            port = Int(number)
        }
    }

    /// Whether connections to one can be used for the other.
    package func hasSameServer(as other: WebAddress) -> Bool {
        isSecure == other.isSecure && authority == other.authority
    }

    /// Without its query, which may hold what must not be logged.
    package var logged: String {
        "\(isSecure ? "https" : "http")://\(authority)\(target.prefix { $0 != "?" })"
    }

    /// The address of another place on the same server: what comes behind this one's path.
    ///
    /// - Parameter path: A path and perhaps a query, escaped; it begins with a slash.
    package func appending(_ path: String) -> WebAddress {
        var copy = self
        let (own, query) = (target.prefix { $0 != "?" }, target.drop { $0 != "?" }.dropFirst())
        copy.target = (own.hasSuffix("/") ? String(own.dropLast()) : String(own)) + path
        // A query of its own stays behind the path.
        if !query.isEmpty { copy.target += (path.contains("?") ? "&" : "?") + query }
        return copy
    }
}
