import AgentJSON
import MLflowTracing

extension ModelFailure {
    /// A request that the endpoint did not accept.
    ///
    /// - Parameters:
    ///   - status: The answer's status.
    ///   - body: The answer's body, in whatever form.
    ///   - header: Finds a header of the answer by its name.
    ///   - seconds: The time of day, in seconds since 1970.
    static func refusal(
        status: Int, body: [UInt8], header: (_ name: String) -> String? = { _ in nil },
        at seconds: Int = Int(SpanClock.now / 1_000_000_000)
    ) -> ModelFailure {
        var report = ErrorReport(.null)
        if let json = try? JSON(parsing: body) {
            report = ErrorReport(json)
        } else {
            // The limit is one of characters, which have four bytes at most.
            let text = line(String(decoding: body.prefix(4 * plainTextLimit), as: UTF8.self), upTo: plainTextLimit)
            // A page for people says nothing here.
            if text.contains(where: { $0 != " " }), !text.drop(while: { $0 == " " }).hasPrefix("<") {
                report = ErrorReport(.string(text))
            }
        }
        return ModelFailure(
            .status(status), report.message ?? "The endpoint answered with the status \(status)",
            // Limits of rates have words of lengths, too.
            code: status == 413
                ? ErrorReport.contextLengthExceeded
                : status == 429 && report.code == ErrorReport.contextLengthExceeded ? nil : report.code,
            retryAfter: RetryAfter.duration(header: header, at: seconds)
        )
    }

    private static let plainTextLimit = 300
}

/// When a request may be made again, as headers of an answer say it.
enum RetryAfter {
    /// How long to wait; `nil` where the endpoint does not say.
    ///
    /// - Parameters:
    ///   - header: Finds a header by its name.
    ///   - now: The time of day, in seconds since 1970.
    static func duration(header: (_ name: String) -> String?, at now: Int) -> Duration? {
        if let milliseconds = header("retry-after-ms").flatMap(Double.init), milliseconds.isFinite {
            return bounded(milliseconds / 1000)
        }
        guard let value = header("retry-after") else { return nil }
        if let seconds = Double(value), seconds.isFinite { return bounded(seconds) }
        return time(ofDate: value).map { bounded(Double($0 - now)) }
    }

    private static func bounded(_ seconds: Double) -> Duration {
        .milliseconds(Int64(min(max(seconds, 0), 24 * 3600) * 1000))
    }

    /// The time of a date as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT`, in seconds since 1970.
    static func time(ofDate text: String) -> Int? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), 1...31 ~= day,
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]), 1970...9999 ~= year
        else { return nil }
        let clock = parts[4].split(separator: ":").map { Int($0) ?? -1 }
        guard clock.count == 3, 0...23 ~= clock[0], 0...59 ~= clock[1], 0...60 ~= clock[2] else { return nil }
        // Years that begin in March, so that a leap day is the last one.
        let (shiftedYear, shiftedMonth) = month < 2 ? (year - 1, month + 10) : (year, month - 2)
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let days = shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear - 719_468
        return ((days * 24 + clock[0]) * 60 + clock[1]) * 60 + clock[2]
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
