extension AgentServer.Configuration {
    /// Who may call the server, and how often.
    public struct Access: Sendable {
        /// Keys of which a client must send one, as `Authorization: Bearer KEY`. With none of them, and no tokens,
        /// everybody may call. Open to everybody in any case are `/health`, `/docs`, `/openapi.json`, and what is
        /// forwarded to a chat app.
        public var apiKeys: [APIKey] = []

        /// Tokens (JWT) that are taken as well.
        public var jwt = JWT()

        /// How many requests a principal may make in a minute, and at once; beyond: 429 with `Retry-After`. `nil` for as
        /// many as it likes. Each worker counts for itself.
        public var rateLimit: Int?

        /// Whether the server may listen beyond loopback though it asks for no key. Databricks Apps, whose proxy asks,
        /// set it.
        public var isInsecure = false

        /// Whether `x-forwarded-user`, or else `x-forwarded-email`, names the principal. Only where everything comes by a
        /// proxy that knows the user, and that takes out what clients send under these names, as on Databricks Apps,
        /// which set it. Where keys or tokens are asked for, they name the principal, and this counts for nothing.
        public var trustsForwardedUser = false

        /// Everybody on this machine.
        public init() {}

        /// Whether a client must send a key or a token.
        var asksForKeys: Bool { !apiKeys.isEmpty || jwt.keySet != nil }

        /// Tokens (JWT, RFC 7519) that a client may send in place of a key, signed by RSA, ECDSA or EdDSA.
        public struct JWT: Sendable {
            /// The keys by which tokens are checked, a JSON Web Key Set: the path of a file, or a URL. `nil` for no tokens.
            public var keySet: String?
            /// What the claim `iss` must say; `nil` for anything.
            public var issuer: String?
            /// What the claim `aud` must say, or have among others; `nil` for anything.
            public var audience: String?
            /// The claim that names the principal, behind `jwt:`.
            public var principalClaim = "sub"

            /// None.
            public init() {}
        }
    }

    /// Fails where access is not what it should be; above all where the server would be open to everybody beyond this
    /// machine, and nobody has said that it should.
    ///
    /// - Throws: ``ServerError``.
    func checkAccess() throws(ServerError) {
        if let conflict = APIKey.conflict(in: access.apiKeys) { throw ServerError(message: "API keys: \(conflict)") }
        if let place = access.jwt.keySet, case .unusable(let reason) = KeySource(place) {
            throw ServerError(message: "The key set of jwt-jwks cannot be used: \(reason)")
        }
        guard !access.asksForKeys, !access.isInsecure, !HostCheck.isLoopback(host.lowercased()) else { return }
        throw ServerError(
            message: "\(host) is not on loopback, and no key is asked for: set api-keys or jwt-jwks, or say --insecure"
        )
    }
}
