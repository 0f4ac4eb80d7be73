/// Names and labels in the form that Prometheus asks for, whatever an author has called them.
package enum MetricLabels {
    /// The labels of a family's overflow: where values go that would take more series than there may be.
    package static let overflow = #"overflow="true""#

    /// Characters of a label's value; the rest is cut off.
    static let valueLength = 128

    /// Labels as the text format writes them between its braces, sorted by name. Of two that have the same name, the last
    /// one counts.
    package static func text(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        var values: [String: String] = [:]
        for (name, value) in labels { values[Self.name(name)] = value }
        return values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",")
    }

    /// A name that Prometheus allows for a metric: dots and the like become underscores.
    package static func metric(_ name: String) -> String {
        valid(name, allowsColon: true)
    }

    private static func name(_ name: String) -> String {
        let text = valid(name, allowsColon: false)
        // The first is a bucket's bound; names with two underscores before them belong to Prometheus.
        return text == "le" || text.hasPrefix("__") ? "label_" + text : text
    }

    private static func valid(_ name: String, allowsColon: Bool) -> String {
        var bytes: [UInt8] = []
        for scalar in name.unicodeScalars.prefix(valueLength) {
            let isValid =
                switch scalar {
                case "a"..."z", "A"..."Z", "_": true
                case "0"..."9": !bytes.isEmpty
                case ":": allowsColon
                default: false
                }
            // A digit in the first place keeps its meaning behind an underscore.
            if !isValid, bytes.isEmpty, ("0"..."9").contains(scalar) {
                bytes += [UInt8(ascii: "_"), UInt8(truncatingIfNeeded: scalar.value)]
            } else {
                bytes.append(isValid ? UInt8(truncatingIfNeeded: scalar.value) : UInt8(ascii: "_"))
            }
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars.prefix(valueLength) {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            // A zero byte is the end of the text to Prometheus, and the others are of no use to anybody.
            case "\0"..<" ": text.unicodeScalars.append("\u{FFFD}")
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
