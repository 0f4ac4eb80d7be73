import AgentJSON

/// Reads the events of a stream from its bytes, in pieces of any size.
struct EventStreamReader {
    private var line: [UInt8] = []
    private var data: [UInt8]?

    /// The JSON payloads that these bytes complete. Comments and payloads that are no JSON (`[DONE]`) are left out.
    mutating func read(_ bytes: some Sequence<UInt8>) -> [JSON] {
        var events: [JSON] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if line.isEmpty {
                if let data, let event = try? JSON(parsing: data) { events.append(event) }
                data = nil
            } else if line.starts(with: prefix) {
                // Several data lines of one event are joined by line feeds.
                data = (data.map { $0 + [byte] } ?? []) + line.dropFirst(prefix.count)
            }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }
}

private let prefix = Array("data: ".utf8)
