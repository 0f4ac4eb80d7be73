/// Reads server-sent events from bytes that come in pieces of any size: a pure state machine.
///
/// Of an event its data counts; names, ids and comments are passed over. An event that its end has not reached is none.
struct ServerSentEvents: Sendable {
    /// How many bytes one event may have.
    let limit: Int

    /// The beginning of a line whose end has not come.
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    /// Whether the last byte was a carriage return: a line feed after it ends no line of its own.
    private var endsInReturn = false
    private var isFirstLine = true

    init(limit: Int = 16 * 1024 * 1024) {
        self.limit = limit
    }

    /// Takes bytes.
    ///
    /// - Returns: The data of each event that they complete.
    /// - Throws: ``ModelFailure`` of the kind `malformed` where an event is too large.
    mutating func feed(_ bytes: some Collection<UInt8>) throws(ModelFailure) -> [String] {
        let result = bytes.withContiguousStorageIfAvailable { buffer in take(buffer) }
        switch result ?? Array(bytes).withUnsafeBufferPointer({ take($0) }) {
        case .success(let events): return events
        case .failure(let failure): throw failure
        }
    }

    private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<[String], ModelFailure> {
        var events: [String] = []
        var start = 0
        for (position, byte) in bytes.enumerated() where byte == lineFeed || byte == carriageReturn {
            if byte == lineFeed, position == 0 ? endsInReturn : bytes[position - 1] == carriageReturn {
                start = position + 1
                continue
            }
            let end = UnsafeBufferPointer(rebasing: bytes[start..<position])
            start = position + 1
            guard fits(end.count) else { return .failure(tooLarge) }
            if line.isEmpty {
                take(line: end, into: &events)
            } else {
                line += end
                let whole = line
                line.removeAll(keepingCapacity: true)
                whole.withUnsafeBufferPointer { take(line: $0, into: &events) }
            }
        }
        if let last = bytes.last { endsInReturn = last == carriageReturn }
        guard fits(bytes.count - start) else { return .failure(tooLarge) }
        line += bytes[start...]
        return .success(events)
    }

    private func fits(_ count: Int) -> Bool { line.count + data.count + count <= limit }

    private var tooLarge: ModelFailure { ModelFailure(.malformed, "An event is larger than \(limit) bytes") }

    private mutating func take(line: UnsafeBufferPointer<UInt8>, into events: inout [String]) {
        var line = line[...]
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: byteOrderMark) { line = line.dropFirst(byteOrderMark.count) }
        }
        guard !line.isEmpty else {
            if hasData { events.append(String(decoding: data, as: UTF8.self)) }
            data.removeAll(keepingCapacity: true)
            hasData = false
            return
        }
        guard line.starts(with: dataField) else { return }
        line = line.dropFirst(dataField.count)
        // Without a colon the whole line is the field's name.
        guard line.isEmpty || line.first == colon else { return }
        line = line.dropFirst()
        if line.first == space { line = line.dropFirst() }
        if hasData { data.append(lineFeed) }
        data += line
        hasData = true
    }
}

private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
private let colon = UInt8(ascii: ":")
private let space = UInt8(ascii: " ")
private let dataField = Array("data".utf8)
private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
