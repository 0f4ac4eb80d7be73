import AgentJSON

/// Why a token is not taken. It shows nothing of the token.
struct TokenRefusal: Error {
    var reason: String
}

/// A token (JWS in its compact form, RFC 7515), taken apart and not yet believed.
struct SignedToken: Sendable {
    let algorithm: SignatureAlgorithm
    let keyID: String?
    /// What is signed.
    let signed: [UInt8]
    let signature: [UInt8]
    private let payload: [UInt8]

    init(_ text: some StringProtocol) throws(TokenRefusal) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), !signature.isEmpty
        else { throw TokenRefusal(reason: "malformed") }
        guard let header = try? JSON(parsing: head, maximumDepth: 8).objectValue else {
            throw TokenRefusal(reason: "malformed header")
        }
        guard let algorithm = header["alg"]?.stringValue.flatMap({ SignatureAlgorithm(rawValue: $0) }) else {
            throw TokenRefusal(reason: "algorithm not allowed")
        }
        // Extensions that must be understood: none is.
        guard header["crit"] == nil else { throw TokenRefusal(reason: "critical extension") }
        let keyID = header["kid"]?.stringValue
        guard keyID != nil || header["kid"] == nil else { throw TokenRefusal(reason: "malformed header") }
        self.algorithm = algorithm
        self.keyID = keyID
        self.payload = payload
        self.signature = signature
        signed = Array(parts[0]) + [UInt8(ascii: ".")] + Array(parts[1])
    }

    /// What the token says. To be believed only when the signature has been checked.
    func claims() throws(TokenRefusal) -> JSONObject {
        guard let claims = try? JSON(parsing: payload, maximumDepth: 64).objectValue else {
            throw TokenRefusal(reason: "malformed claims")
        }
        return claims
    }
}
