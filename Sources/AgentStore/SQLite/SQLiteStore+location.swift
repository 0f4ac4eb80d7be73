extension SQLiteStore {
    /// Where a store is.
    public enum Location: Sendable, Hashable, CustomStringConvertible {
        /// In memory: private to the store, and gone with it.
        case memory
        /// In a file, which is made where there is none, in a folder that must be there.
        case file(String)

        /// The location that a user has named: `memory:`, or the path of a file.
        public init(_ text: String) {
            self = text == "memory:" ? .memory : .file(text)
        }

        public var description: String {
            switch self {
            case .memory: "memory:"
            case .file(let path): path
            }
        }
    }
}
