/// The fields of a URL's query, decoded.
package struct QueryFields {
    private var fields: [(name: String, value: String)] = []

    /// Reads a query without its question mark.
    package init(_ query: String?) {
        guard let query else { return }
        for field in query.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? Self.decode(halves[1]) : ""
            fields.append((Self.decode(halves[0]), value))
        }
    }

    /// The value of the last field with a name; `nil` where there is none, or an empty one.
    package subscript(name: String) -> String? {
        guard let value = fields.last(where: { $0.name == name })?.value, !value.isEmpty else { return nil }
        return value
    }

    /// Undoes the encoding by percent signs, and `+` for a space. What is no such encoding stays.
    private static func decode(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"):
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = rest.prefix(2)
                if digits.count == 2, let high = digits.first?.hexDigit, let low = digits.last?.hexDigit {
                    bytes.append(high << 4 | low)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            default:
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit of ASCII.
    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
