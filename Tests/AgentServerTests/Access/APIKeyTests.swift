import Testing

@testable import AgentServer

@Suite("API keys")
struct APIKeyTests {
    @Test(
        "have a name, may be an administrator's, and may hold colons",
        arguments: [
            ("ops:secret", "ops", false, "secret"), ("ops+admin:secret", "ops", true, "secret"),
            ("a.b-c_d@e:x:y+admin:z", "a.b-c_d@e", false, "x:y+admin:z"),
        ])
    func parsing(text: String, name: String, isAdmin: Bool, key: String) throws {
        let parsed = try APIKey(parsing: text)
        #expect(parsed.name == name)
        #expect(parsed.isAdmin == isAdmin)
        #expect(KeyRing([parsed]).principal(of: key) == Principal(id: name, isAdmin: isAdmin))
    }

    @Test("have a name made of themselves where they are given none, wherever they stand")
    func derivedName() throws {
        // The first digits of the SHA-256 of "abc".
        #expect(try APIKey(parsing: "abc").name == "key-ba7816bf")
        let (one, two) = (try APIKey("one"), try APIKey("two"))
        #expect(KeyRing([one, two]).principal(of: "two")?.id == KeyRing([two, one]).principal(of: "two")?.id)
    }

    @Test(
        "are refused when they cannot be sent, or their name cannot be one",
        arguments: [
            ("", APIKeyError.emptyKey), ("ops:", .emptyKey), ("ops+admin:", .emptyKey), (":secret", .emptyName),
            ("+admin:secret", .emptyName), ("two words", .unusableKey), ("schlüssel", .unusableKey),
            ("ops:a\nb", .unusableKey), ("o ps:secret", .unusableName), ("jwt/x:secret", .unusableName),
            (String(repeating: "n", count: 65) + ":secret", .unusableName),
        ])
    func refusals(text: String, error: APIKeyError) {
        #expect(throws: error) { try APIKey(parsing: text) }
    }

    @Test("are told apart by all of their bytes, whichever is asked for")
    func ring() throws {
        let keys = try (0..<20).map { try APIKey("key\($0)", name: "n\($0)", isAdmin: $0 == 7) }
        let ring = KeyRing(keys)
        for number in 0..<20 {
            #expect(ring.principal(of: "key\(number)") == Principal(id: "n\(number)", isAdmin: number == 7))
        }
        for other in ["", "key", "key20", "Key1", "key1 ", "n1"] { #expect(ring.principal(of: other) == nil) }
    }

    @Test("are digested by SHA-256 as others do it", arguments: [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])
    func digest(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
        let words = SHA256Digest(bytes).words
        let mine = (0..<4).flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: words[word] >> UInt64(56 - 8 * $0)) }
        }
        #expect(mine == sha256(bytes))
    }

    @Test("are compared bit by bit: any that differs makes them different")
    func comparison() {
        let digest = SHA256Digest([1])
        #expect(digest.equality(with: SHA256Digest([1])) == 1)
        for word in 0..<4 {
            for bit in 0..<64 as Range<UInt64> {
                var words = digest.words
                words[word] ^= 1 << bit
                #expect(digest.equality(with: SHA256Digest(words: words)) == 0)
            }
        }
    }
}
