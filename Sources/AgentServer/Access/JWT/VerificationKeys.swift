import AgentJSON
import JWTKit

/// Public keys by which signatures are checked, of a JSON Web Key Set (RFC 7517).
///
/// Each key is bound to its algorithms here, where the set is read, and never by what a token says. Keys of other kinds,
/// such as those for encryption, are left out, and so is a private part.
struct VerificationKeys: Sendable {
    /// What is no key set, or none that is of use.
    struct Unusable: Error {
        var reason: String
    }

    private struct Key: Sendable {
        var id: String?
        var verifiers: [SignatureAlgorithm: any JWTAlgorithm]
    }

    private let keys: [Key]

    /// Keys that are taken of a set.
    private static let maximumKeys = 64
    /// Keys that are tried for a token that names none.
    private static let maximumTries = 8

    init(parsing bytes: [UInt8]) async throws(Unusable) {
        guard let set = try? JSON(parsing: bytes, maximumDepth: 32), let values = set["keys"]?.arrayValue else {
            throw Unusable(reason: "it holds no JSON Web Key Set")
        }
        var keys: [Key] = []
        for value in values.prefix(Self.maximumKeys) {
            let verifiers = await Self.verifiers(of: value)
            if !verifiers.isEmpty { keys.append(Key(id: value["kid"]?.stringValue, verifiers: verifiers)) }
        }
        guard !keys.isEmpty else { throw Unusable(reason: "it holds no key by which a signature can be checked") }
        self.keys = keys
    }

    var count: Int { keys.count }

    /// Whether there is a key with this id.
    func contains(_ id: String) -> Bool {
        keys.contains { $0.id == id }
    }

    /// What checks a signature: of the key with an id, or, where a token names none, of all keys that may have made it.
    func verifiers(for id: String?, _ algorithm: SignatureAlgorithm) -> [any JWTAlgorithm] {
        let fitting = keys.lazy.filter { id == nil || $0.id == id }.compactMap { $0.verifiers[algorithm] }
        return Array(fitting.prefix(Self.maximumTries))
    }

    private static func verifiers(of key: JSON) async -> [SignatureAlgorithm: any JWTAlgorithm] {
        func text(_ name: String) -> String? { key[name]?.stringValue }
        guard let family = KeyFamily(type: text("kty"), curve: text("crv")) else { return [:] }
        if let use = text("use"), use != "sig" { return [:] }
        if let operations = key["key_ops"]?.arrayValue, !operations.contains("verify") { return [:] }
        let named = text("alg")
        var verifiers: [SignatureAlgorithm: any JWTAlgorithm] = [:]
        for algorithm in SignatureAlgorithm.allCases where algorithm.family == family {
            guard named == nil || named == algorithm.rawValue else { continue }
            let jwk: JWK
            switch family {
            case .rsa:
                jwk = .rsa(algorithm.jwk, identifier: "key", modulus: text("n"), exponent: text("e"))
            case .p256, .p384, .p521:
                jwk = .ecdsa(algorithm.jwk, identifier: "key", x: text("x"), y: text("y"), curve: nil)
            case .ed25519:
                jwk = .octetKeyPair(algorithm.jwk, identifier: "key", x: text("x"), y: nil, curve: .ed25519)
            }
            // A collection for each: one for all would fall back to a key that nobody asked for.
            verifiers[algorithm] = try? await JWTKeyCollection().add(jwk: jwk).getKey(for: "key")
        }
        return verifiers
    }
}
