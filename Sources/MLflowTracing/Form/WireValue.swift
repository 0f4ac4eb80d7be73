package import AgentJSON

/// The value of an attribute as it travels: a scalar in its own type, anything else as its text.
package enum WireValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case text(String)
    /// The JSON text of an object, an array, or a text that would else be read as one of those.
    case json([UInt8])

    /// - Parameter value: Any value. What a tracking server could not serve again is replaced.
    package init(_ value: JSON) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .string(let value): self = .text(value)
        case .number(let number):
            if let integer = number.int {
                self = .integer(Int64(integer))
            } else if case .string(let text) = SafeValue.make(value) {
                self = .text(text)
            } else {
                self = .double(number.double)
            }
        case .array, .object: self = .json(SafeValue.bytes(of: value))
        }
    }

    /// The value of an attribute of a span, of which tracking servers read a text as JSON where it is some.
    ///
    /// - Parameter value: Any value. What a tracking server could not serve again is replaced; texts stay texts.
    package init(attribute value: JSON) {
        if case .string(let text) = value, !SafeValue.isSafe(text) {
            self = .json(SafeValue.bytes(of: value))
        } else {
            self.init(value)
        }
    }

    /// How many bytes its JSON text has within a JSON text that holds ASCII only, without the quotes around it: what MLflow
    /// counts as a trace's size.
    var nestedSize: Int {
        switch self {
        case .null: 4
        case .bool(let value): value ? 4 : 5
        case .integer(let value): String(value).utf8.count
        case .double(let value): JSON(floatLiteral: value).encoded(as: .mlflowTrace).count
        case .text(let text):
            // Quoted and escaped twice.
            TextSize.twice(text)
        case .json(let bytes): bytes.withUnsafeBufferPointer { TextSize.once($0) }
        }
    }
}

extension JSON {
    /// How many bytes it has as JSON that holds ASCII only, with a space behind each comma and colon.
    var asciiSize: Int {
        switch self {
        case .null: 4
        case .bool(let value): value ? 4 : 5
        case .number: encoded(as: .mlflowEvent).count
        case .string(let text): TextSize.quoted(text)
        case .array(let elements): 2 + elements.reduce(2 * max(0, elements.count - 1)) { $0 + $1.asciiSize }
        case .object(let object): object.asciiSize
        }
    }
}

extension JSONObject {
    /// How many bytes it has as JSON that holds ASCII only, with a space behind each comma and colon.
    var asciiSize: Int {
        var size = 2 + 2 * (isEmpty ? 0 : count - 1)
        for (key, value) in self { size += TextSize.quoted(key) + 2 + value.asciiSize }
        return size
    }
}

/// How long texts are when they are written into a JSON text that holds ASCII only, without their quotes.
enum TextSize {
    /// A text with its quotes.
    static func quoted(_ text: String) -> Int {
        var text = text
        return 2 + text.withUTF8 { once($0) }
    }

    /// A text that is escaped once.
    static func once(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        count(bytes, quote: 2, control: { controlSize($0) }, unicode: { 6 * $0 })
    }

    /// A text that is written as JSON, with its quotes and characters beyond ASCII as they are, and that text escaped again.
    static func twice(_ text: String) -> Int {
        var text = text
        // Quotes around it: `\"` each.
        return 4
            + text.withUTF8 { bytes in
                count(
                    bytes, quote: 4,
                    control: { byte in
                        switch byte {
                        // `\n` becomes `\\n`.
                        case 0x08, 0x09, 0x0A, 0x0C, 0x0D: 3
                        default: 7
                        }
                    },
                    unicode: { 6 * $0 }
                )
            }
    }

    private static func controlSize(_ byte: UInt8) -> Int {
        switch byte {
        case 0x08, 0x09, 0x0A, 0x0C, 0x0D: 2
        default: 6
        }
    }

    /// - Parameters:
    ///   - quote: What a quote or a backslash takes.
    ///   - control: What a control character takes.
    ///   - unicode: What a character of so many UTF-16 units takes.
    private static func count(
        _ bytes: UnsafeBufferPointer<UInt8>, quote: Int, control: (UInt8) -> Int, unicode: (Int) -> Int
    ) -> Int {
        // Most texts hold nothing but printable ASCII, of which many bytes at a time are counted.
        var (quotes, furthest) = (0, UInt8(0))
        for byte in bytes {
            quotes &+= byte == 0x22 || byte == 0x5C ? 1 : 0
            furthest = max(furthest, byte &- 0x20)
        }
        if furthest < 0x7F - 0x20 { return bytes.count + quotes * (quote - 1) }
        var size = 0
        for byte in bytes {
            switch byte {
            case 0x22, 0x5C: size += quote
            case 0..<0x20: size += control(byte)
            case 0x20..<0x7F: size += 1
            case 0x7F: size += unicode(1)
            // Bytes that follow another one of the same character.
            case 0x80..<0xC0: break
            case 0xC0..<0xF0: size += unicode(1)
            default: size += unicode(2)
            }
        }
        return size
    }
}
