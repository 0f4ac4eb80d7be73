/// Keeps pages of the web away from a server that is bound to loopback, where the user's browser can reach it.
///
/// A page may not read another origin, but with DNS rebinding its own name suddenly leads to 127.0.0.1: the `Host`
/// header then gives it away. And it may send a form anywhere without reading the answer: that its `Origin` tells.
package struct HostCheck: Sendable {
    private let isOn: Bool
    private let allowed: Set<String>

    /// - Parameters:
    ///   - bindHost: The address the server listens on. Anywhere but on loopback, names are somebody else's business.
    ///   - allowed: Further names; `*` allows all.
    package init(bindHost: String, allowed: [String]) {
        self.isOn = Self.isLoopback(bindHost.lowercased()) && !allowed.contains("*")
        self.allowed = Set(allowed.map { $0.lowercased() })
    }

    /// Whether a request for this authority (`host` or `host:port`) may pass. One without a host may: no browser
    /// sends such.
    package func allows(_ authority: String?) -> Bool {
        guard isOn, let authority else { return true }
        if authority == "127.0.0.1" || authority.hasPrefix("127.0.0.1:") { return Self.isPort(authority.dropFirst(9)) }
        let name = authority.lowercased()
        guard let host = Self.host(of: name) else { return false }
        return Self.isLoopback(host) || allowed.contains(host) || allowed.contains(name)
    }

    /// Whether a request with this `Origin` header may do something. One without may: it comes from no page.
    package func allowsAction(fromOrigin origin: String?) -> Bool {
        guard isOn, let origin else { return true }
        // `null`, from a sandbox or a file, has no authority.
        guard let scheme = origin.firstRange(of: "://") else { return false }
        return allows(String(origin[scheme.upperBound...]))
    }

    /// Whether a page of this `Origin` comes from the server that it calls by this authority.
    ///
    /// Browsers let a page open a WebSocket to anywhere, and read from it, with the cookies of the server. So this is
    /// asked wherever the server listens.
    package static func isSameOrigin(_ origin: String, as authority: String?) -> Bool {
        guard let authority, let mark = origin.firstRange(of: "://") else { return false }
        let scheme = origin[..<mark.lowerBound].lowercased()
        let port = scheme == "http" ? ":80" : scheme == "https" ? ":443" : ""
        func normalised(_ text: some StringProtocol) -> String {
            let name = text.lowercased()
            return !port.isEmpty && name.hasSuffix(port) ? String(name.dropLast(port.count)) : name
        }
        return normalised(origin[mark.upperBound...]) == normalised(authority)
    }

    /// Whether this is nothing, or a colon and digits.
    private static func isPort(_ suffix: Substring) -> Bool {
        suffix.isEmpty || suffix.first == ":" && suffix.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The host of an authority, without brackets and port; `nil` where it is none.
    private static func host(of authority: String) -> String? {
        let (host, rest): (Substring, Substring)
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[..<end].dropFirst()
            rest = authority[end...].dropFirst()
        } else {
            let end = authority.firstIndex(of: ":") ?? authority.endIndex
            (host, rest) = (authority[..<end], authority[end...])
        }
        return isPort(rest) ? String(host) : nil
    }

    /// Whether a host is loopback: `localhost` and names below it, 127.0.0.0/8, `::1`.
    package static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
