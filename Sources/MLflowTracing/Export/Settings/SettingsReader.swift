/// A setting that cannot be used.
package struct ExportFault: Error, Sendable {
    /// What is wrong, with the variable's name.
    package var message: String
}

/// Reads settings by the names that MLflow and OpenTelemetry have for them.
struct SettingsReader {
    let environment: [String: String]

    /// The text of the first variable that has one.
    func text(_ names: String...) -> String? {
        for name in names {
            if let value = environment[name], !value.isEmpty { return value }
        }
        return nil
    }

    func flag(_ name: String) throws(ExportFault) -> Bool? {
        switch text(name)?.lowercased() {
        case nil: return nil
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw ExportFault(message: "\(name) is '\(text(name) ?? "")', and must be true or false")
        }
    }

    func number(_ name: String, in range: ClosedRange<Int>) throws(ExportFault) -> Int? {
        guard let value = text(name) else { return nil }
        guard let number = Int(value), range.contains(number) else {
            throw ExportFault(
                message: "\(name) is '\(value)', and must be a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// Whole milliseconds or seconds.
    func duration(_ name: String, unit: Duration) throws(ExportFault) -> Duration? {
        try number(name, in: 0...Int(Int32.max)).map { unit * $0 }
    }

    func ratio(_ name: String) throws(ExportFault) -> Double? {
        guard let value = text(name) else { return nil }
        guard let number = Double(value), (0...1).contains(number) else {
            throw ExportFault(message: "\(name) is '\(value)', and must be a number from 0 to 1")
        }
        return number
    }

    /// `key=value,key=value`, values with `%` escapes.
    func pairs(_ names: String...) throws(ExportFault) -> [(name: String, value: String)] {
        for name in names {
            guard let text = text(name) else { continue }
            var pairs: [(name: String, value: String)] = []
            for (index, part) in text.split(separator: ",").enumerated() {
                guard let mark = part.firstIndex(of: "=") else {
                    // Not the part itself: it may be a key of access.
                    throw ExportFault(
                        message: "\(name) has a part, the one at place \(index + 1), that is no name=value")
                }
                let key = part[..<mark].trimmed, value = part[part.index(after: mark)...].trimmed
                guard !key.isEmpty, key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }) else {
                    throw ExportFault(message: "\(name) has a name that cannot be used")
                }
                pairs.append((String(key), Self.unescaped(value)))
            }
            return pairs
        }
        return []
    }

    /// A text without `%` escapes.
    static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = HexText.value(rest.prefix(2)) {
                bytes.append(UInt8(truncatingIfNeeded: value))
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Substring {
    /// Without blanks at its ends.
    var trimmed: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return text
    }
}
