/// Times of traces as texts: RFC 3339, in UTC and to the millisecond.
enum TraceTime {
    /// - Parameter milliseconds: Since 1970.
    static func text(_ milliseconds: UInt64) -> String {
        let days = Int64(clamping: milliseconds / 86_400_000)
        let rest = Int(milliseconds % 86_400_000)
        // Civil from days, as Howard Hinnant has it: eras of 400 years that begin in March.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = "\(digits(Int(year), 4))-\(digits(Int(month), 2))-\(digits(Int(day), 2))"
        let time = "\(digits(rest / 3_600_000, 2)):\(digits(rest / 60_000 % 60, 2)):\(digits(rest / 1000 % 60, 2))"
        return "\(date)T\(time).\(digits(rest % 1000, 3))Z"
    }

    /// Reads `2026-01-31T12:30:00.5+02:00`, or milliseconds since 1970.
    ///
    /// - Returns: Milliseconds since 1970; `nil` for what is neither, or lies before 1970.
    static func milliseconds(_ text: String) -> UInt64? {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return UInt64(text).flatMap { $0 <= UInt64(Int64.max) ? $0 : nil }
        }
        // A plus in a query stands for a space, where nobody has escaped it.
        var rest = Array(text.utf8).map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 }[...]
        guard let year = number(&rest, 4), skip(&rest, "-"), let month = number(&rest, 2), skip(&rest, "-"),
            let day = number(&rest, 2), skip(&rest, "Tt"), let hour = number(&rest, 2), skip(&rest, ":"),
            let minute = number(&rest, 2), skip(&rest, ":"), let second = number(&rest, 2), year >= 1970,
            (1...12).contains(month), day >= 1, day <= days(in: month, of: year), hour < 24, minute < 60, second < 61
        else { return nil }
        var fraction = 0
        if skip(&rest, ".") {
            let found = rest.prefix { (0x30...0x39).contains($0) }
            guard !found.isEmpty else { return nil }
            let three = Array(found.prefix(3)) + Array(repeating: 0x30, count: max(0, 3 - found.count))
            fraction = three.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            rest = rest.dropFirst(found.count)
        }
        guard let offset = offset(&rest), rest.isEmpty else { return nil }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset * 60
        return seconds < 0 ? nil : UInt64(seconds * 1000 + fraction)
    }

    /// Minutes east of Greenwich.
    private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if skip(&rest, "Zz") { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard skip(&rest, "+-"), let hours = number(&rest, 2), skip(&rest, ":"), let minutes = number(&rest, 2),
            hours < 24, minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        guard month != 2 else { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func skip(_ rest: inout ArraySlice<UInt8>, _ choices: String) -> Bool {
        guard let first = rest.first, choices.utf8.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
