import AgentJSON

/// JSON values as Python shows them in messages.
enum PythonText {
    /// The most code points of a value that a message quotes.
    static let limit = 200

    /// The name of the Python type that stands for a value.
    static func typeName(of value: JSON) -> String {
        switch value {
        case .null: "NoneType"
        case .bool: "bool"
        case .number(let number): number.isInteger ? "int" : "float"
        case .string: "str"
        case .array: "list"
        case .object: "dict"
        }
    }

    /// A value as Python's `str` shows it, shortened.
    static func text(of value: JSON) -> String {
        if case .string(let text) = value { return shortened(text) }
        var writer = Writer()
        writer.write(value)
        return shortened(writer.output)
    }

    /// The beginning of a text, with a mark where something was left out.
    static func shortened(_ text: String) -> String {
        // By code points, because a single character may be of any length.
        let scalars = text.unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
            end != scalars.endIndex
        else { return text }
        return String(scalars[..<end]) + "…"
    }

    /// Writes values as Python's `repr` does until there is no more room.
    ///
    /// Each value on the way down takes room before what is inside it, so the depth has a limit too.
    private struct Writer {
        private(set) var output = ""
        // One more than is shown, so that shortening sees that something was left out.
        private var room = PythonText.limit + 1

        mutating func write(_ value: JSON) {
            switch value {
            case .null: write("None")
            case .bool(let flag): write(flag ? "True" : "False")
            case .number: write(String(decoding: value.encoded(as: .mlflowBody), as: UTF8.self))
            case .string(let text): write(quoted: text)
            case .array(let elements):
                write("[")
                for index in elements.indices where room > 0 {
                    if index > 0 { write(", ") }
                    write(elements[index])
                }
                write("]")
            case .object(let object):
                write("{")
                var isFirst = true
                for (key, member) in object {
                    guard room > 0 else { break }
                    if !isFirst { write(", ") }
                    isFirst = false
                    write(quoted: key)
                    write(": ")
                    write(member)
                }
                write("}")
            }
        }

        private mutating func write(_ text: String) {
            for scalar in text.unicodeScalars {
                guard room > 0 else { return }
                output.unicodeScalars.append(scalar)
                room -= 1
            }
        }

        private mutating func write(quoted text: String) {
            // Python prefers the single quote, and takes the double one where that saves escapes.
            let quote = text.utf8.contains(UInt8(ascii: "'")) && !text.utf8.contains(UInt8(ascii: "\"")) ? "\"" : "'"
            write(quote)
            for scalar in text.unicodeScalars {
                guard room > 0 else { return }
                write(Self.escaped(scalar, in: quote))
            }
            write(quote)
        }

        private static func escaped(_ scalar: Unicode.Scalar, in quote: String) -> String {
            switch scalar {
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case _ where String(scalar) == quote: "\\" + quote
            case " ": " "
            case _ where isPrintable(scalar): String(scalar)
            case _ where scalar.value < 0x100: "\\x" + hexadecimal(scalar, digits: 2)
            case _ where scalar.value < 0x10000: "\\u" + hexadecimal(scalar, digits: 4)
            default: "\\U" + hexadecimal(scalar, digits: 8)
            }
        }

        private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned,
                .lineSeparator, .paragraphSeparator, .spaceSeparator:
                false
            default:
                true
            }
        }

        private static func hexadecimal(_ scalar: Unicode.Scalar, digits: Int) -> String {
            let text = String(scalar.value, radix: 16)
            return String(repeating: "0", count: digits - text.count) + text
        }
    }
}
