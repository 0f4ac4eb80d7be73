/// The API keys of a server.
struct KeyRing: Sendable {
    private let keys: [(digest: SHA256Digest, principal: Principal)]

    init(_ keys: [APIKey]) {
        self.keys = keys.map { ($0.digest, Principal(id: $0.name, isAdmin: $0.isAdmin)) }
    }

    /// Whose key this is; `nil` where it is nobody's.
    ///
    /// Takes the same time whichever key it is, and if it is none: all are compared, without a branch between.
    func principal(of key: some StringProtocol) -> Principal? {
        let digest = SHA256Digest(key.utf8)
        // One more than its place; none is 0.
        var found: UInt64 = 0
        for (place, key) in zip(UInt64(1)..., keys) {
            found |= place & (0 &- key.digest.equality(with: digest))
        }
        return found == 0 ? nil : keys[Int(found - 1)].principal
    }
}
