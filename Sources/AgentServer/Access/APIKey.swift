/// A key by which a client may call the server, and its name. The key itself is not kept, only its SHA-256.
public struct APIKey: Sendable {
    /// The name: that of the principal in whose name its holder calls. Letters, digits, `-`, `_`, `.` and `@`, at most 64.
    public let name: String

    /// Whether its holder may see what belongs to others.
    public let isAdmin: Bool

    let digest: SHA256Digest

    /// A key.
    ///
    /// - Parameters:
    ///   - key: What clients send: at least one visible character of ASCII. Nobody should be able to guess it.
    ///   - name: Its name; `nil` for one that is made of the key, `key-` and eight hexadecimal digits of its SHA-256.
    ///   - isAdmin: Whether its holder may see what belongs to others.
    /// - Throws: ``APIKeyError``.
    public init(_ key: String, name: String? = nil, isAdmin: Bool = false) throws(APIKeyError) {
        guard !key.isEmpty else { throw .emptyKey }
        guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .unusableKey }
        digest = SHA256Digest(key.utf8)
        self.isAdmin = isAdmin
        guard let name else {
            self.name = "key-" + digest.prefix
            return
        }
        guard !name.isEmpty else { throw .emptyName }
        guard name.utf8.count <= 64, name.utf8.allSatisfy({ Self.isNameByte($0) }) else { throw .unusableName }
        self.name = name
    }

    /// A key as the command line and the environment write it: `name:key`, `name+admin:key`, or the key alone. It ends at
    /// the first colon, what is a name; a key alone has none.
    init(parsing text: String) throws(APIKeyError) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            try self.init(text)
            return
        }
        let name = text[..<colon]
        let isAdmin = name.hasSuffix(Self.adminMark)
        try self.init(
            String(text[text.utf8.index(after: colon)...]),
            name: String(isAdmin ? name.dropLast(Self.adminMark.count) : name), isAdmin: isAdmin
        )
    }

    private static let adminMark = "+admin"

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "@"):
            true
        default:
            false
        }
    }

    /// What two keys of a list share that must be different; `nil` where nothing is. Tells their places, from 1, and
    /// nothing of themselves.
    static func conflict(in keys: [APIKey]) -> String? {
        var digests: [SHA256Digest: Int] = [:]
        var names: [String: Int] = [:]
        for (place, key) in zip(1..., keys) {
            if let other = digests.updateValue(place, forKey: key.digest) {
                return "keys \(other) and \(place) are the same"
            }
            if let other = names.updateValue(place, forKey: key.name) {
                return "keys \(other) and \(place) have the same name"
            }
        }
        return nil
    }
}

/// Why a text is no key. It shows nothing of the key.
public struct APIKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    private let message: String

    public var description: String { message }

    /// The key is empty.
    public static let emptyKey = APIKeyError(message: "is empty")
    /// The key holds what no header can carry.
    public static let unusableKey = APIKeyError(message: "has a character that is no visible one of ASCII")
    /// The name is empty.
    public static let emptyName = APIKeyError(message: "has an empty name")
    /// The name is too long, or has other characters than it may.
    public static let unusableName = APIKeyError(
        message: "has a name that is longer than 64 bytes, or not made of letters, digits, '-', '_', '.' and '@'"
    )
}
