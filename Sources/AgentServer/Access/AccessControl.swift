import HTTPTypes
import Logging
import Synchronization
import WebClient

/// Who may pass, in whose name, and how often.
final class AccessControl: Sendable {
    /// The keys by which tokens are checked; they are looked after for as long as its `run()` runs.
    let keyStore: KeyStore?
    private let keys: KeyRing?
    private let tokens: TokenCheck?
    private let trustsForwardedUser: Bool
    private let limit: Mutex<RateLimit?>
    private let logger: Logger

    /// `nil` where there is nothing to control, and nobody is told apart.
    init?(_ configuration: AgentServer.Configuration.Access, logger: Logger) {
        keys = configuration.apiKeys.isEmpty ? nil : KeyRing(configuration.apiKeys)
        keyStore = configuration.jwt.keySet.map { KeyStore(KeySource($0), logger: logger) }
        tokens = keyStore.map { TokenCheck(configuration.jwt, keys: $0) }
        trustsForwardedUser = configuration.trustsForwardedUser
        limit = Mutex(configuration.rateLimit.map { RateLimit(requestsPerMinute: $0) })
        self.logger = logger
        if !configuration.asksForKeys, !trustsForwardedUser, configuration.rateLimit == nil { return nil }
    }

    /// Lets a request pass, or not.
    ///
    /// - Returns: In whose name it comes.
    func admit(_ request: ServerRequest) async throws(AccessRefusal) -> Principal {
        let principal = try await principal(of: request)
        try count(principal)
        return principal
    }

    /// Counts a request of somebody who has been let in: one that came over a connection of theirs, or the one by which
    /// they came in.
    func count(_ principal: Principal) throws(AccessRefusal) {
        guard let wait = limit.withLock({ $0?.count(principal.id, now: .now) }) else { return }
        let (seconds, rest) = wait.components
        throw .tooMany(retryAfter: Int(seconds) + (rest > 0 ? 1 : 0))
    }

    private func principal(of request: ServerRequest) async throws(AccessRefusal) -> Principal {
        guard keys != nil || tokens != nil else {
            return trustsForwardedUser ? try Self.forwardedUser(of: request) : .anyone
        }
        guard let key = Self.bearer(request.headers.first(of: .authorization)) else { throw .noKey }
        if let principal = keys?.principal(of: key) { return principal }
        guard let tokens, TokenCheck.resembles(key) else { throw .wrongKey }
        do {
            return try await tokens.principal(of: key)
        } catch {
            logger.debug("Token refused", metadata: ["reason": "\(error.reason)"])
            throw .wrongKey
        }
    }

    /// The user as a proxy in front tells it.
    private static func forwardedUser(of request: ServerRequest) throws(AccessRefusal) -> Principal {
        for name in [HTTPField.Name.forwardedUser, .forwardedEmail] {
            guard let user = request.headers.first(of: name), !user.isEmpty else { continue }
            guard user.utf8.count <= Principal.maximumIDBytes else { throw .wrongUser }
            return Principal(id: user)
        }
        return .anyone
    }

    /// What follows the scheme `Bearer`, in any case; `nil` where that is another one, or nothing follows.
    private static func bearer(_ header: String?) -> Substring? {
        guard let header, header.utf8.count > 7, String(header.utf8.prefix(6))?.isHeader("bearer") == true else {
            return nil
        }
        let rest = header.utf8.dropFirst(6)
        guard rest.first == UInt8(ascii: " ") else { return nil }
        let key = Substring(rest.drop { $0 == UInt8(ascii: " ") })
        return key.isEmpty ? nil : key
    }
}
