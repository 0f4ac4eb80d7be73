/// A form of text that JSON Schema has a name for: `date`, `email`, `uuid`, …
struct StringFormat: Sendable {
    private let pattern: Pattern?
    private let make: @Sendable (_ number: Int, _ padding: String) -> String

    /// Different texts of the form, longer ones with padding where the form can take it.
    func example(_ number: Int, padding: Int = 0) -> String {
        make(number, String(repeating: "a", count: padding))
    }

    /// Whether a text is roughly of the form.
    func looksLike(_ text: String) -> Bool { pattern?.matches(text) ?? true }

    private init(_ pattern: String, _ make: @escaping @Sendable (_ number: Int, _ padding: String) -> String) {
        self.pattern = Pattern(pattern)
        self.make = make
    }

    /// The form with a name; `nil` for names that say nothing of the text.
    init?(name: String) {
        guard let format = Self.named[name] else { return nil }
        self = format
    }

    private static let named: [String: StringFormat] = [
        "date": StringFormat(date) { number, _ in day(number) },
        "time": StringFormat("^\(time)$") { number, _ in "\(clock(number))Z" },
        "date-time": StringFormat("^\(date.dropFirst().dropLast())[Tt]\(time)$") { number, _ in
            "\(day(number / 1_440))T\(clock(number))Z"
        },
        "duration": StringFormat(#"^P(\d+W|(\d+[YMD])*(T(\d+[HMS])+)?)$"#) { number, _ in "PT\(number + 1)H" },
        "email": email,
        "idn-email": email,
        "hostname": hostname,
        "idn-hostname": hostname,
        "ipv4": StringFormat(#"^(\d{1,3}\.){3}\d{1,3}$"#) { number, _ in
            "192.0.\(2 + number / 250 % 250).\(1 + number % 250)"
        },
        "ipv6": StringFormat("^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$") { number, _ in
            "2001:db8::\(String(number % 0xFFFF + 1, radix: 16))"
        },
        "uri": uri,
        "iri": uri,
        "url": uri,
        "uri-reference": StringFormat("") { number, padding in "/\(word(number))\(padding)" },
        "iri-reference": StringFormat("") { number, padding in "/\(word(number))\(padding)" },
        "uri-template": StringFormat("") { number, padding in "https://example.com/\(word(number))\(padding)/{id}" },
        "uuid": StringFormat("^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$") { number, _ in
            "123e4567-e89b-42d3-a456-\(digits(number, width: 12))"
        },
        "json-pointer": StringFormat("^(/.*)?$") { number, padding in "/\(word(number))\(padding)" },
        "relative-json-pointer": StringFormat("^[0-9]") { number, padding in "0/\(word(number))\(padding)" },
        "regex": StringFormat("") { number, padding in "^\(word(number))\(padding)$" },
        "byte": StringFormat("^[A-Za-z0-9+/]*=*$") { number, _ in "ZXhh\(digits(number, width: 4))" },
        "base64": StringFormat("^[A-Za-z0-9+/]*=*$") { number, _ in "ZXhh\(digits(number, width: 4))" },
        "color": StringFormat("^#[0-9A-Fa-f]{6}$") { number, _ in "#\(digits(336_699 + number, width: 6).suffix(6))" },
        "phone": StringFormat(#"^\+?[0-9 ()-]+$"#) { number, _ in "+1555\(digits(100 + number, width: 7))" },
    ]

    private static let email = StringFormat(#"^[^@\s]+@[^@\s]+$"#) { number, padding in
        // A name has at most 64 letters, the rest goes into the host.
        "ada\(number == 0 ? "" : String(number + 1))\(padding.prefix(50))@\(labels(padding.dropFirst(50)))example.com"
    }
    private static let hostname = StringFormat(#"^[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$"#) { number, padding in
        "\(labels(padding[...]))\(number == 0 ? "" : "www\(number + 1).")example.com"
    }
    private static let uri = StringFormat(#"^[A-Za-z][A-Za-z0-9+.-]*:(//)?[^\s/]\S*$"#) { number, padding in
        "https://example.com/\(number == 0 && padding.isEmpty ? "" : word(number))\(padding)"
    }

    private static let date = #"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"#
    private static let time = #"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"#

    private static func day(_ number: Int) -> String {
        let month = digits(number / 28 % 12 + 1, width: 2)
        return "\(2_025 + number / 336 % 7_000)-\(month)-\(digits((number + 14) % 28 + 1, width: 2))"
    }

    private static func clock(_ number: Int) -> String {
        "\(digits((9 + number / 60) % 24, width: 2)):\(digits(number % 60, width: 2)):00"
    }

    private static func word(_ number: Int) -> String {
        number == 0 ? "example" : "example\(number + 1)"
    }

    /// Padding as parts of a host name: none longer than 63 letters, a dot behind each.
    private static func labels(_ padding: Substring) -> String {
        var rest = padding
        var text = ""
        while rest.count > 1 {
            let label = rest.prefix(62)
            text += "\(label.dropLast())."
            rest = rest.dropFirst(label.count)
        }
        return text
    }

    private static func digits(_ number: Int, width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
