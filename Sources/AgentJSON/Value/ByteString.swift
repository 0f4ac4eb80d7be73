/// A text that compares by its bytes.
///
/// `String` compares by canonical equivalence, so that a precomposed and a decomposed "é" are one key. JSON keys
/// are sequences of code points: those two are different members of one object.
struct ByteString: Sendable {
    var text: String

    init(_ text: String) {
        self.text = text
    }
}

extension ByteString: Hashable {
    static func == (left: ByteString, right: ByteString) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        text.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Calls a closure with the UTF-8 bytes, without a copy for a native string.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var copy = self
        return copy.withUTF8(body)
    }

    func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return withBytes { bytes in other.withBytes { bytes.hasSameBytes(as: $0) } }
    }
}
