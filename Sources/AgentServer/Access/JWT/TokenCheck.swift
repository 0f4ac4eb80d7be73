import AgentJSON
import JWTKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Checks tokens: the signature, when they count, who made them, and for whom.
struct TokenCheck: Sendable {
    private let configuration: AgentServer.Configuration.Access.JWT
    private let keys: KeyStore

    /// By how many seconds clocks may differ.
    static let leeway = 30.0

    init(_ configuration: AgentServer.Configuration.Access.JWT, keys: KeyStore) {
        self.configuration = configuration
        self.keys = keys
    }

    /// Whether a text may be a token: there are two dots in it.
    static func resembles(_ text: some StringProtocol) -> Bool {
        text.utf8.count { $0 == UInt8(ascii: ".") } == 2
    }

    /// In whose name a token speaks.
    func principal(of text: some StringProtocol) async throws(TokenRefusal) -> Principal {
        let token = try SignedToken(text)
        let verifiers = await keys.verifiers(for: token.keyID, token.algorithm)
        guard !verifiers.isEmpty else { throw TokenRefusal(reason: "unknown key") }
        let isSigned = verifiers.contains { (try? $0.verify(token.signature, signs: token.signed)) == true }
        guard isSigned else { throw TokenRefusal(reason: "wrong signature") }
        return try Self.principal(of: token.claims(), configuration, now: Double(time(nil)))
    }

    /// In whose name the claims of a token speak whose signature is right.
    ///
    /// - Parameter now: Seconds since 1970.
    static func principal(
        of claims: JSONObject, _ configuration: AgentServer.Configuration.Access.JWT, now: Double
    ) throws(TokenRefusal) -> Principal {
        guard let end = claims["exp"]?.doubleValue else { throw TokenRefusal(reason: "no expiry") }
        guard now < end + leeway else { throw TokenRefusal(reason: "expired") }
        if let start = claims["nbf"] {
            guard let start = start.doubleValue, now >= start - leeway else {
                throw TokenRefusal(reason: "not valid yet")
            }
        }
        if let issuer = configuration.issuer {
            guard claims["iss"]?.stringValue == issuer else { throw TokenRefusal(reason: "another issuer") }
        }
        if let audience = configuration.audience {
            let named = claims["aud"]
            guard named?.stringValue == audience || named?.arrayValue?.contains(.string(audience)) == true else {
                throw TokenRefusal(reason: "another audience")
            }
        }
        guard let name = claims[configuration.principalClaim]?.stringValue, !name.isEmpty,
            name.utf8.count <= Principal.maximumIDBytes,
            // It gets into logs.
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw TokenRefusal(reason: "no principal") }
        return Principal(id: "jwt:" + name)
    }
}
