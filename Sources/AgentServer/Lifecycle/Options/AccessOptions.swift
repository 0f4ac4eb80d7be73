import ArgumentParser

/// Who may call the server, and how often.
struct AccessOptions: ParsableArguments, Sendable {
    @Option(
        help: ServerOptions.help(
            "A key of which a client must send one as 'Authorization: Bearer KEY': NAME:KEY, NAME+admin:KEY, or KEY "
                + "alone; repeat for several. Other users of this machine can read a command line: better use the "
                + "environment, separated by commas, or the file", "api-keys", "none: everybody may call"
        )
    )
    var apiKey: [String] = []

    @Option(
        help: ServerOptions.help(
            "A JSON Web Key Set, a file or an https URL: tokens (JWT) that its keys have signed are taken too",
            "jwt-jwks", "none"
        )
    )
    var jwtJwks: String?

    @Option(help: ServerOptions.help("Who must have made a token, its claim iss", "jwt-issuer", "anybody"))
    var jwtIssuer: String?

    @Option(help: ServerOptions.help("For whom a token must be made, its claim aud", "jwt-audience", "anybody"))
    var jwtAudience: String?

    @Option(help: ServerOptions.help("The claim of a token that names the principal", "jwt-principal-claim", "sub"))
    var jwtPrincipalClaim: String?

    @Option(
        help: ServerOptions.help(
            "Requests that each principal may make in a minute, and at once; all together where no key is asked for",
            "rate-limit", "none"
        )
    )
    var rateLimit: String?

    @Flag(
        help: ServerOptions.help(
            "Start beyond loopback though no key is asked for", "insecure", "off; on for Databricks Apps"
        )
    )
    var insecure = false

    @Flag(
        help: ServerOptions.help(
            "Believe x-forwarded-user, or else x-forwarded-email, who the principal is; for servers that only a proxy "
                + "can reach which removes what clients send by these names", "trust-forwarded-user",
            "off; on for Databricks Apps"
        )
    )
    var trustForwardedUser = false

    func apply(to access: inout AgentServer.Configuration.Access, _ settings: inout Settings) throws {
        try settings.listWithGaps("api-keys", flag: "--api-key", apiKey) { texts, place in
            access.apiKeys += try Self.keys(texts, place)
        }
        try settings.text("jwt-jwks", jwtJwks) { access.jwt.keySet = $0.text }
        try settings.text("jwt-issuer", jwtIssuer) { issuer in
            access.jwt.issuer = try Self.needsKeySet(issuer, access)
        }
        try settings.text("jwt-audience", jwtAudience) { audience in
            access.jwt.audience = try Self.needsKeySet(audience, access)
        }
        try settings.text("jwt-principal-claim", jwtPrincipalClaim) { claim in
            access.jwt.principalClaim = try Self.needsKeySet(claim, access)
        }
        try settings.number("rate-limit", rateLimit, in: 1...1_000_000) { access.rateLimit = $0 }
        try settings.flag("insecure", insecure) { access.isInsecure = $0 }
        var asksForTrust = false
        try settings.flag("trust-forwarded-user", trustForwardedUser) { trusts in
            access.trustsForwardedUser = trusts
            asksForTrust = trusts
        }
        if asksForTrust, access.asksForKeys {
            throw ValidationError(
                "trust-forwarded-user is set, but keys or tokens are asked for, which name the principal")
        }
    }

    /// The keys of a list. Errors tell a key's place only: what was meant as its name may be a part of it.
    private static func keys(_ texts: [String], _ place: String) throws -> [APIKey] {
        var keys: [APIKey] = []
        for (number, text) in zip(1..., texts) {
            do {
                keys.append(try APIKey(parsing: text))
            } catch {
                throw ValidationError("\(place): key \(number) \(error)")
            }
        }
        if let conflict = APIKey.conflict(in: keys) { throw ValidationError("\(place): \(conflict)") }
        return keys
    }

    private static func needsKeySet(
        _ value: Settings.Value, _ access: AgentServer.Configuration.Access
    ) throws -> String {
        guard access.jwt.keySet != nil else { throw ValidationError("\(value.place) is set and jwt-jwks is not") }
        return value.text
    }
}
