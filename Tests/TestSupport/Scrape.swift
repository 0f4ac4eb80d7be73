/// What a server on a socket measures, by names and labels.
package func scrape(port: Int) async throws -> [String: Double] {
    metricLines(try await RawAnswer.get("/metrics", port: port).body)
}

/// The lines of a scrape, by names and labels.
package func metricLines(_ text: String) -> [String: Double] {
    var values: [String: Double] = [:]
    for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
        guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
            continue
        }
        values[String(line[..<space])] = value
    }
    return values
}
