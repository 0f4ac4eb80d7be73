import WebClient

/// The path of a request that may be forwarded: what it is checked by, and what the chat app gets.
///
/// What is checked is what is sent: escapes that hide a dot or a slash are taken out, steps up are taken, doubled slashes
/// and slashes at the end are removed, as in MLflow (`posixpath.normpath` over the unescaped path). All other bytes
/// stay as they came.
struct ProxyPath: Equatable {
    enum Problem: Error, Equatable {
        /// A control character, escaped or not.
        case control
        /// Another reading of the path leads somewhere else: `%252e%252e`, or `..\`.
        case ambiguous
    }

    /// The path as it is checked: unescaped and normalised.
    private(set) var checked: String
    /// The path as it is sent.
    private(set) var sent: String

    /// - Parameter path: The path of a request, undecoded, without its query.
    init(_ path: Substring) throws(Problem) {
        if Self.isPlain(path.utf8) {
            checked = String(path)
            sent = checked
            return
        }
        var segments: [Segment] = []
        for segment in Self.segments(of: Array(path.utf8)) {
            guard !segment.decoded.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw .control }
            switch String(decoding: segment.decoded, as: UTF8.self) {
            case "", ".": break
            case "..": _ = segments.popLast()
            default:
                guard !Self.hidesStep(segment.decoded) else { throw .ambiguous }
                segments.append(segment)
            }
        }
        // Two slashes at the beginning, and not more, mean something to POSIX, and so they do here.
        let isDouble = Self.slashes(at: path) == 2
        let root = isDouble ? "//" : "/"
        checked = root + segments.map { String(decoding: $0.decoded, as: UTF8.self) }.joined(separator: "/")
        sent = root + segments.map { String(decoding: $0.raw, as: UTF8.self) }.joined(separator: "/")
    }

    /// Whether a path is its own normal form, as most are: segments of plain characters, none empty, none of them
    /// beginning with a dot.
    private static func isPlain(_ path: Substring.UTF8View) -> Bool {
        var last: UInt8 = 0
        for byte in path {
            switch byte {
            case slash where last == slash, dot where last == slash: return false
            case slash, UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: ","): break
            default: if !isUnreserved(byte) { return false }
            }
            last = byte
        }
        return last != slash || path.count == 1
    }

    /// What stands between two slashes.
    private struct Segment {
        /// As it came, but for escapes of letters, digits, `-`, `.`, `_` and `~`, which mean the same without.
        var raw: [UInt8] = []
        var decoded: [UInt8] = []
    }

    private static func segments(of path: [UInt8]) -> [Segment] {
        var segments: [Segment] = []
        var segment = Segment()
        var index = 0
        while index < path.count {
            var byte = path[index]
            var length = 1
            if let escaped = escape(in: path, at: index) { (byte, length) = (escaped, 3) }
            if byte == slash {
                segments.append(segment)
                segment = Segment()
            } else {
                segment.decoded.append(byte)
                segment.raw += isUnreserved(byte) ? [byte] : Array(path[index..<index + length])
            }
            index += length
        }
        return segments + [segment]
    }

    /// How many slashes a path begins with, unescaped.
    private static func slashes(at path: Substring) -> Int {
        let bytes = Array(path.utf8.prefix(9))
        var count = 0
        var index = 0
        while index < bytes.count {
            if bytes[index] == slash {
                index += 1
            } else if escape(in: bytes, at: index) == slash {
                index += 3
            } else {
                break
            }
            count += 1
        }
        return count
    }

    /// Whether somebody who unescapes once more, or takes a backslash for a slash, or drops what follows a semicolon,
    /// sees a step up or a control character.
    private static func hidesStep(_ segment: [UInt8]) -> Bool {
        var bytes = segment
        for _ in 0..<maximumEscapes {
            for part in bytes.split(whereSeparator: { $0 == slash || $0 == backslash }) {
                let name = part.prefix { $0 != semicolon }
                if name.elementsEqual([dot, dot]) || name.elementsEqual([dot]) { return true }
            }
            let next = unescaped(bytes)
            if next.count == bytes.count { return false }
            if next.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return true }
            bytes = next
        }
        // Nobody means well with so many escapes of escapes, and to take them all out costs the square of their number.
        return true
    }

    private static let maximumEscapes = 8

    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if let byte = escape(in: bytes, at: index) {
                result.append(byte)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    private static func escape(in bytes: [UInt8], at index: Int) -> UInt8? {
        guard bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let high = Hexadecimal.value(bytes[index + 1]), let low = Hexadecimal.value(bytes[index + 2])
        else { return nil }
        return high << 4 | low
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), dot, UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}

private let slash = UInt8(ascii: "/")
private let backslash = UInt8(ascii: "\\")
private let dot = UInt8(ascii: ".")
private let semicolon = UInt8(ascii: ";")
