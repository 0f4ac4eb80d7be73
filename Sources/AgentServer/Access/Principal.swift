/// In whose name a request comes.
package struct Principal: Sendable, Hashable {
    /// The name of an API key; `jwt:` and a claim of a token; a forwarded user; or nothing, where nobody is told apart.
    ///
    /// The name of a key holds no colon, and forwarded users count only where no key and no token is asked for: so none
    /// can pass for another kind.
    package var id: String

    /// Whether it may see what belongs to others.
    package var isAdmin: Bool

    package init(id: String, isAdmin: Bool = false) {
        self.id = id
        self.isAdmin = isAdmin
    }

    /// Everybody, where nobody is told apart.
    package static let anyone = Principal(id: "")

    /// What an id may have at most, in bytes: it is kept with whatever belongs to it.
    static let maximumIDBytes = 512
}
