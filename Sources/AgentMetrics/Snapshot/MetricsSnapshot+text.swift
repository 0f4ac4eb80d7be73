extension MetricsSnapshot {
    /// The media type of ``text``.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// The metrics as Prometheus reads them: its text format, version 0.0.4. Sorted, so that two scrapes can be compared.
    package var text: String {
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) where !family.series.isEmpty {
            if let help = family.help { text += "# HELP \(name) \(Self.escaped(help))\n" }
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, value) in family.series.sorted(by: { $0.key < $1.key }) {
                switch value {
                case .number(let number): Self.write(name, labels, Self.text(of: number), to: &text)
                case .distribution(let counts, let sum):
                    Self.write(name, labels, counts, sum, bounds: family.bounds, to: &text)
                }
            }
        }
        return text
    }

    private static func write(_ name: String, _ labels: String, _ value: String, to text: inout String) {
        text += name
        if !labels.isEmpty { text += "{\(labels)}" }
        text += " \(value)\n"
    }

    /// A histogram: in this format each bucket counts what is in the lower ones as well.
    private static func write(
        _ name: String, _ labels: String, _ counts: [Int], _ sum: Double, bounds: [Double], to text: inout String
    ) {
        var count = 0
        for (index, bucket) in counts.enumerated() {
            count &+= bucket
            let bound = index < bounds.count ? Self.text(of: bounds[index]) : "+Inf"
            let separator = labels.isEmpty ? "" : ","
            write("\(name)_bucket", "\(labels)\(separator)le=\"\(bound)\"", "\(count)", to: &text)
        }
        write("\(name)_sum", labels, Self.text(of: sum), to: &text)
        write("\(name)_count", labels, "\(count)", to: &text)
    }

    /// A number as the format writes it.
    static func text(of number: Double) -> String {
        if let whole = Int(exactly: number), whole.magnitude < 1 << 53 { return "\(whole)" }
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number > 0 ? "+Inf" : "-Inf" }
        return "\(number)"
    }

    private static func escaped(_ help: String) -> String {
        var text = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
