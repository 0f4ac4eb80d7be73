import HTTPTypes

/// Whose traces a request may see.
///
/// Traces hold what users said. Where the server tells its callers apart (keys, tokens, forwarded users) everybody sees
/// what was done in their own name, but for errors that are not meant for clients; an administrator sees all. Where it does not, only this machine may look.
struct TraceAccess: Sendable {
    private let hostCheck: HostCheck

    init(_ configuration: AgentServer.Configuration) {
        // As if the server were bound to loopback, wherever it is: by its name another page could pass for this machine.
        hostCheck = HostCheck(bindHost: "127.0.0.1", allowed: configuration.allowedHosts)
    }

    enum Scope: Equatable {
        /// What belongs to one principal.
        case own(String)
        case everything
        case nothing

        /// The principal to look for; `nil` for all.
        var principal: String? {
            if case .own(let id) = self { id } else { nil }
        }

        /// Whether errors are hidden of which clients are not told: from everybody who may be no more than a client.
        var hidesErrors: Bool {
            if case .own(let id) = self { !id.isEmpty } else { false }
        }
    }

    func scope(of exchange: Exchange) -> Scope {
        let principal = exchange.principal
        if principal.isAdmin { return .everything }
        // Nobody in particular: what is nobody's belongs to those who sit here.
        return principal.id.isEmpty && !isLocal(exchange.request) ? .nothing : .own(principal.id)
    }

    /// Whether a request comes from this machine and for no one else.
    private func isLocal(_ request: ServerRequest) -> Bool {
        // A request of the test server has no peer.
        guard request.peer.map(Self.isLoopback) ?? true, hostCheck.allows(request.authority) else { return false }
        // What a proxy on this machine passes on comes from elsewhere.
        guard !Self.proxyHeaders.contains(where: { name in request.headers.contains { $0.name.canonicalName == name } })
        else { return false }
        // `--cors-origins` lets pages call the agent; that they may read what others said is another matter.
        return request.headers.first(of: .origin).map { HostCheck.isSameOrigin($0, as: request.authority) } ?? true
    }

    private static func isLoopback(_ peer: String) -> Bool {
        let mapped = "::ffff:"
        return HostCheck.isLoopback(peer.hasPrefix(mapped) ? String(peer.dropFirst(mapped.count)) : peer)
    }

    private static let proxyHeaders = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"]
}
