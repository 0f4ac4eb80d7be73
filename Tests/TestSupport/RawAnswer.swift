package import AgentJSON

/// An answer as it came over a socket, taken apart.
package struct RawAnswer {
    package var status: Int
    /// Names in lower case, in the order they came.
    package var headers: [(name: String, value: String)]
    /// The body; without chunks, where it came in such.
    package var body: String

    package struct NoAnswer: Error {
        package var text: String

        package init(text: String) { self.text = text }
    }

    /// - Parameter text: All of an answer.
    package init(_ text: String) throws {
        guard let end = text.firstRange(of: "\r\n\r\n") else { throw NoAnswer(text: text) }
        var lines = text[..<end.lowerBound].split(separator: "\r\n")
        let words = lines.removeFirst().split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
            throw NoAnswer(text: text)
        }
        self.status = status
        headers = lines.map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (line[..<colon].lowercased(), line[colon...].dropFirst().drop { $0 == " " }.description)
        }
        body = String(text[end.upperBound...])
        if self["transfer-encoding"] == "chunked" { body = try Self.withoutChunks(body) }
    }

    /// Sends a request without a body, and takes the answer to it.
    package static func get(
        _ target: String, method: String = "GET", port: Int, headers: String = "", body: String = ""
    ) async throws -> RawAnswer {
        try await RawAnswer(
            RawClient.with(port: port) { client in
                try await client.send(
                    "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(headers)\r\n\(body)"
                )
                return try await client.readToEnd()
            }
        )
    }

    /// All values of a header; `nil` where there is none.
    package subscript(name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// How often a header is there.
    package func count(of name: String) -> Int { headers.count { $0.name == name } }

    /// The body as JSON; `null` where it is none.
    package var json: JSON { (try? JSON(parsing: Array(body.utf8))) ?? .null }

    private static func withoutChunks(_ text: String) throws -> String {
        var rest = Array(text.utf8)[...]
        var body: [UInt8] = []
        while true {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\r")),
                let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), rest.count > size
            else {
                throw NoAnswer(
                    text: "no chunk: \(String(decoding: rest.prefix(100), as: UTF8.self)) after \(body.count)")
            }
            if size == 0 { return String(decoding: body, as: UTF8.self) }
            rest = rest[(end + 2)...]
            body += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
    }
}
