import JWTKit
import TestSupport
import Testing

@testable import AgentServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Tokens")
struct TokenTests {
    /// Serves with a key set from a file, for the length of a test.
    private func withServer(
        _ keySet: String, keys: [String] = [], _ change: @escaping @Sendable (inout Access.JWT) -> Void = { _ in },
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write(keySet, to: "keys.json")
            var configuration = AgentServer.Configuration()
            configuration.access.apiKeys = try keys.map { try APIKey(parsing: $0) }
            configuration.access.jwt.keySet = "\(folder.path)/keys.json"
            change(&configuration.access.jwt)
            try await withLiveServer(principalAgent, configuration: configuration, body)
        }
    }

    private typealias Access = AgentServer.Configuration.Access

    @Test("name the principal, whichever algorithm has signed them", arguments: ["RS256", "PS384", "ES256", "EdDSA"])
    func algorithms(name: String) async throws {
        let issuer = try await TokenIssuer.named(name)
        #expect(issuer.algorithm.name == name)
        let other = try await TokenIssuer.ecdsa("k2")
        try await withServer(TokenIssuer.keySet(other, issuer)) { port in
            let answer = try await call(port, key: issuer.token())
            #expect(answer == (200, "<jwt:ada>"))
            #expect(try await call(port, key: other.token(["sub": "bob"])) == (200, "<jwt:bob>"))
            // Without an id, all keys that may have made it are tried.
            #expect(try await call(port, key: issuer.token(header: ["kid": .null])) == (200, "<jwt:ada>"))
            #expect(try await call(port, key: nil).status == 401)
        }
    }

    @Test("are taken beside keys, whose names they cannot have")
    func besideKeys() async throws {
        let issuer = try await TokenIssuer.ecdsa()
        try await withServer(TokenIssuer.keySet(issuer), keys: ["ops:secret", "dots:a.b.c"]) { port in
            let answer = try await call(port, key: "secret")
            #expect(answer == (200, "<ops>"))
            #expect(try await call(port, key: "a.b.c") == (200, "<dots>"))
            #expect(try await call(port, key: issuer.token(["sub": "ops"])) == (200, "<jwt:ops>"))
            #expect(try await call(port, key: "d.e.f").status == 401)
        }
    }

    @Test("must be in time, for this server, from its issuer, and name somebody")
    func claims() async throws {
        let issuer = try await TokenIssuer.ecdsa()
        let now = Int(time(nil))
        func at(_ seconds: Int) -> JSON { .number(JSONNumber(now + seconds)) }
        let good: [JSONObject] = [
            [:], ["aud": ["other", "agents"]], ["nbf": at(-10)], ["nbf": at(10)], ["exp": 1e300],
        ]
        let bad: [JSONObject] = [
            ["aud": .null], ["aud": "other"], ["aud": []], ["aud": ["other"]], ["aud": 1], ["iss": .null],
            ["iss": "https://issuer.example/"], ["iss": ["https://issuer.example"]], ["exp": .null],
            ["exp": at(-3600)], ["exp": -1], ["exp": "9999999999"], ["exp": true], ["nbf": at(3600)], ["nbf": "0"],
            ["uid": .null], ["uid": ""], ["uid": "a\nb"], ["uid": 7],
            ["uid": .string(String(repeating: "a", count: 513))],
        ]
        let base: JSONObject = ["aud": "agents", "uid": "u7"]
        try await withServer(TokenIssuer.keySet(issuer)) {
            $0.issuer = "https://issuer.example"
            $0.audience = "agents"
            $0.principalClaim = "uid"
        } _: { port in
            for (changes, isGood) in good.map({ ($0, true) }) + bad.map({ ($0, false) }) {
                var claims = base
                for (name, value) in changes { claims[name] = value }
                let answer = try await call(port, key: issuer.token(claims))
                #expect(answer.status == (isGood ? 200 : 401), "\(changes)")
                if isGood { #expect(answer.text == "<jwt:u7>") }
            }
        }
    }

    @Test("may be out of time by half a minute, for clocks differ")
    func leeway() throws {
        let configuration = AgentServer.Configuration.Access.JWT()
        let claims: JSONObject = ["sub": "u7", "exp": 1000, "nbf": 500]
        for (now, isGood) in [(469.0, false), (471, true), (999, true), (1029, true), (1031, false)] {
            let principal = try? TokenCheck.principal(of: claims, configuration, now: now)
            #expect((principal != nil) == isGood, "\(now)")
        }
    }

    @Test("must be signed, by an algorithm of the key's own, as they are sent")
    func signatures() async throws {
        let issuer = try await TokenIssuer.ecdsa()
        let stranger = try await TokenIssuer.ecdsa()
        let rsa = try await TokenIssuer.named("RS256", keyID: "rsa")
        let good = try issuer.token()
        let parts = good.split(separator: ".").map(String.init)
        let hmac = TokenIssuer(
            keyID: "rsa",
            algorithm: try await JWTKeyCollection().add(
                hmac: HMACKey(from: rsa.publicKey["n"]?.stringValue ?? ""), digestAlgorithm: .sha256
            ).getKey(), publicKey: .null
        )
        let none = base64URL(Array(#"{"alg":"none"}"#.utf8)) + "." + parts[1] + "."
        let bad = [
            try stranger.token(), try hmac.token(), none, none + "AA",
            try issuer.token(header: ["alg": "none"]), try issuer.token(header: ["alg": "HS256"]),
            try issuer.token(header: ["alg": "RS256"]), try issuer.token(header: ["alg": .null]),
            try rsa.token(header: ["alg": "PS256"]), try issuer.token(header: ["kid": "rsa"]),
            try issuer.token(header: ["kid": "unknown"]), try issuer.token(header: ["kid": 1]),
            try issuer.token(header: ["crit": ["exp"], "exp": 1]),
            parts[0] + "." + base64URL(Array(#"{"sub":"eve","exp":9999999999}"#.utf8)) + "." + parts[2],
            parts[0] + "." + parts[1] + "." + parts[2].dropLast(4), good + "=", parts[0] + "." + parts[1] + ".",
            "..", "." + parts[1] + "." + parts[2], "*." + parts[1] + "." + parts[2],
            base64URL(Array("[]".utf8)) + "." + parts[1] + "." + parts[2],
            String(repeating: "A", count: 20_000) + ".A.A",
        ]
        try await withServer(TokenIssuer.keySet(issuer, rsa)) { port in
            for token in bad {
                let status = try await call(port, key: token).status
                #expect(status == 401, "\(token)")
            }
            #expect(try await call(port, key: good).status == 200)
            #expect(try await call(port, key: rsa.token()).status == 200)
        }
    }

    @Test(
        "need a key set that can be used, or the server does not start",
        arguments: [
            "", "[]", "{}", #"{"keys": []}"#, #"{"keys": [{"kty": "oct", "k": "AAAA", "kid": "k1"}]}"#,
            #"{"keys": [1, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "RSA", "n": "", "e": ""}]}"#,
        ])
    func unusableFiles(text: String) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write(text, to: "keys.json")
            var configuration = AgentServer.Configuration()
            configuration.port = 0
            configuration.store.location = "none"
            configuration.access.jwt.keySet = "\(folder.path)/keys.json"
            let error = await #expect(throws: ServerError.self) {
                try await AgentServer(ClosureAgent()).serve(configuration)
            }
            #expect(error?.message.contains("keys.json that jwt-jwks names cannot be used: it holds no") == true)
        }
    }

    @Test("are not checked by keys for encryption, nor by another algorithm than a key names")
    func usesOfKeys() async throws {
        let issuer = try await TokenIssuer.ecdsa()
        for change in [["use": "enc"], ["key_ops": ["encrypt"]], ["alg": "ES384"]] as [JSONObject] {
            var key = issuer.publicKey.objectValue ?? [:]
            for (name, value) in change { key[name] = value }
            let other = try await TokenIssuer.ecdsa("k2")
            let set = JSON.object(["keys": [.object(key), other.publicKey]])
            let keys = try await VerificationKeys(parsing: set.encoded())
            #expect(keys.count == 1)
            #expect(keys.verifiers(for: "k1", .es256).isEmpty)
        }
    }
}
