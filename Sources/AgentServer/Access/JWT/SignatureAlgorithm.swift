import JWTKit

/// The algorithms by which a token may be signed (RFC 7518, RFC 8037): those with a public key. Neither `none` nor HMAC is
/// one, whatever a token says.
enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case eddsa = "EdDSA"

    /// The kind of keys that it takes.
    var family: KeyFamily {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        case .es256: .p256
        case .es384: .p384
        case .es512: .p521
        case .eddsa: .ed25519
        }
    }

    /// The algorithm as JWTKit names it.
    var jwk: JWK.Algorithm {
        switch self {
        case .rs256: .rs256
        case .rs384: .rs384
        case .rs512: .rs512
        case .ps256: .ps256
        case .ps384: .ps384
        case .ps512: .ps512
        case .es256: .es256
        case .es384: .es384
        case .es512: .es512
        case .eddsa: .eddsa
        }
    }
}

/// Kinds of public keys.
enum KeyFamily: Sendable {
    case rsa
    case p256
    case p384
    case p521
    case ed25519

    /// The kind that a key of a set is by its members `kty` and `crv`; `nil` where it is none of these.
    init?(type: String?, curve: String?) {
        switch (type, curve) {
        case ("RSA", _): self = .rsa
        case ("EC", "P-256"): self = .p256
        case ("EC", "P-384"): self = .p384
        case ("EC", "P-521"): self = .p521
        case ("OKP", "Ed25519"): self = .ed25519
        default: return nil
        }
    }
}
