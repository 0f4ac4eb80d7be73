import JWTKit

@testable import AgentServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Somebody who signs tokens.
struct TokenIssuer: Sendable {
    let keyID: String
    let algorithm: any JWTAlgorithm
    /// The public key, as a member of a key set.
    let publicKey: JSON

    /// Signs a token.
    ///
    /// - Parameters:
    ///   - claims: Replace those of a good token; `null` takes one out.
    ///   - header: Replaces members of a good token's header in the same way.
    func token(_ claims: JSONObject = [:], header: JSONObject = [:]) throws -> String {
        let head = Self.merged(["alg": .string(algorithm.name), "kid": .string(keyID), "typ": "JWT"], header)
        let body = Self.merged(
            ["sub": "ada", "exp": .number(JSONNumber(Int(time(nil)) + 600)), "iss": "https://issuer.example"], claims
        )
        let signed = base64URL(head.encoded()) + "." + base64URL(body.encoded())
        return try signed + "." + base64URL(algorithm.sign(Array(signed.utf8)))
    }

    private static func merged(_ object: JSONObject, _ changes: JSONObject) -> JSONObject {
        var object = object
        for (key, value) in changes {
            if value.isNull { object.removeValue(forKey: key) } else { object[key] = value }
        }
        return object
    }

    /// A key set with the public keys of some.
    static func keySet(_ issuers: TokenIssuer...) -> String {
        JSON.object(["keys": .array(issuers.map(\.publicKey))]).description
    }

    // MARK: Kinds

    static func named(_ algorithm: String, keyID: String = "k1") async throws -> TokenIssuer {
        switch algorithm {
        case "RS256": try await rsa(keyID) { await $0.add(rsa: $1, digestAlgorithm: .sha256) }
        case "PS384": try await rsa(keyID) { await $0.add(pss: $1, digestAlgorithm: .sha384) }
        case "EdDSA": try await eddsa(keyID)
        default: try await ecdsa(keyID)
        }
    }

    static func ecdsa(_ keyID: String = "k1") async throws -> TokenIssuer {
        let key = ES256PrivateKey()
        guard let (x, y) = key.parameters else { throw NoKey() }
        return TokenIssuer(
            keyID: keyID, algorithm: try await JWTKeyCollection().add(ecdsa: key).getKey(),
            publicKey: [
                "kty": "EC", "crv": "P-256", "kid": .string(keyID), "x": .string(urlText(x)), "y": .string(urlText(y)),
            ]
        )
    }

    private static func eddsa(_ keyID: String) async throws -> TokenIssuer {
        let key = try EdDSA.PrivateKey()
        return TokenIssuer(
            keyID: keyID, algorithm: try await JWTKeyCollection().add(eddsa: key).getKey(),
            publicKey: [
                "kty": "OKP", "crv": "Ed25519", "kid": .string(keyID), "use": "sig",
                "x": .string(base64URL(Array(key.publicKey.rawRepresentation))),
            ]
        )
    }

    private static func rsa(
        _ keyID: String, _ add: (JWTKeyCollection, Insecure.RSA.PrivateKey) async -> JWTKeyCollection
    ) async throws -> TokenIssuer {
        let key = try Insecure.RSA.PrivateKey(pem: rsaKey)
        let numbers = try key.publicKey.getKeyPrimitives()
        return TokenIssuer(
            keyID: keyID, algorithm: try await add(JWTKeyCollection(), key).getKey(),
            publicKey: [
                "kty": "RSA", "kid": .string(keyID), "n": .string(base64URL(Array(numbers.modulus))),
                "e": .string(base64URL(Array(numbers.publicExponent))),
            ]
        )
    }

    private struct NoKey: Error {}

    /// To make one takes a while. It opens nothing.
    private static let rsaKey = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCyUqy8L6Uq6dib
        NOKe/Xc6B/GTULRwDS+c6EsYQ9jWV/QvNtBX8eEDlth0SMGHEzQMCI/qIj9Y++Pz
        gBBx6TRtvpntGKPqSUHakN95/vSObSAdfeZFi9oGrKEhlGTl9HsALBEWhqqoLx3F
        4587MzBt8St/gYRC+gx/5AF9GKJ3RTfzi71fBSFwB80fNQ2ENyLNekH2GLDsqPvB
        QmatqbyZJFRdspPwC0MOXxH3HQYznJEzG2ynZWFC2GPdymvku2qVcoFSTKcsTwwd
        IEsikZcwS3WWGee5/OV7oRRgTvJp5so6/KaD/MxisBJYFvDOV/fN+vqtdkyD7dai
        ltG6NfZRAgMBAAECggEAAd4THbFotbysiQuSZ/8tis0J1EofFEv/DfycygyZLmgj
        ZYSEcAyswkCH1HKX8ZXbkK4Hm83ErhDilT/nwYROCUGFaSc96DaLhazIulqs2E+q
        QMTQbuAFENbT+n8MWMrTqEUjNKzaXVfeTvPlogAU52yEJm9bzDvEJRQP3piDHblL
        qm4eYiu7MXt3D1fU9ctrEk5/xGoxTlrtnUeMnJKyHDt8alhJhGo6wDVgO+2lL9Rp
        1j+4psQFQHZpfhD6re9gKmnooq7XW7wrc7+0N1FNEx7VyYlaPrMps4jJe0RfbXmz
        bwStvs3jDls3FRgMkgauaMI3cuSImtwlKWZYYfH38QKBgQD1WKJxmlZEco8tz1Vl
        Tpsu/MpWfUGwVRWkcIsYm1/1VF7VvUgH0D5MdeFKyONy6lm7wNMA2uW8nzBGU8OU
        k0Xlgvdk9cDMnf85hT7ps1H/Ffy2vVPifdjJE6WwkU+X8d9R+2buhR+QEYaZmd06
        j01POff3N/JYv5HMT340aEZSRQKBgQC6EPukbvmzIoZ4OArPwxUaFnkvo2Begdq4
        F7X6WaohMAjD8VfTGswnysxwiCl+WHRRaECgFdpGVvHcdZWrVinDkMZQPGpExPIB
        nwiO7p7PhaPSucM+CQNDD+WgNr6wsA4X3w+nB9Q2Ik/Z2wV+RMqW4huNzM2es4sn
        drb4eLianQKBgEoC9O4EOuXnER4mn4IyFko0Y+13V6uT3zV95dgEdwwQ6ZLcyK/i
        uAhkvxPKSiLOY0dqQbzOS+N8uhldB3D4hGtZ+LtyDzkqqGV3tqTVPXUP8u5Fatq2
        UAFIdgEvtK0Hf/DBQCnP6teREeOgMMaLmCzANfdT3z26fIb/q/ivRBdpAoGBAJhV
        BSCndqkRMBRGlZtpNOKJ2aeF04UsPPwQ9XzEYgQPxm1dLrD3tIMzhlLvN0Foe7qW
        Zqppma2SyyrZ3bJLtZ+V7LaN79bjgtqO8DvM4po16FzClzU3vcLuxel4SIBxcuha
        R/9Q6o1zY/qRVRr+iPoknbhnH0S568hgagZdF44FAoGAOkixOsTJhaadO/0vmey/
        WeiV0uTCyOGjIQEjZfmnX16PL3ThvKkXp0ciQ4ViOpfWGxqZCO7kihShWO+xEhKo
        6EAW4nRpC4gPNUZHl8V1GvTR6LwRuyhx8BChJ4aUQV66/TCsTLIW7bVNX/xWyrId
        8YhZMkxcmVpMvAOqYsbNNIQ=
        -----END PRIVATE KEY-----
        """
}

/// Bytes as tokens write them.
func base64URL(_ bytes: [UInt8]) -> String { urlText(base64(bytes)) }

private func urlText(_ text: String) -> String {
    text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}
