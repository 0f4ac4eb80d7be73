import CZlib

/// Bodies of requests in the form `gzip`.
enum Gzip {
    /// The least that zlib can do: requests of traces repeat themselves so much that more would cost more than it saves.
    private static let level: Int32 = 1
    /// The largest window, 15 bits, and gzip's head and checksum around what zlib writes.
    private static let window: Int32 = 15 + 16
    private static let memoryLevel: Int32 = 8

    /// The bytes in that form; `nil` where they cannot be compressed.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        // So much, zlib takes at once.
        guard let count = UInt32(exactly: bytes.count) else { return nil }
        var stream = z_stream()
        guard CZlib_deflateInit2(&stream, level, window, memoryLevel) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        guard let bound = UInt32(exactly: deflateBound(&stream, UInt(count))) else { return nil }
        let compressed = bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: Int(bound)) { output, size in
                // zlib reads only from there.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = count
                stream.next_out = output.baseAddress
                stream.avail_out = bound
                // All at once, for the output has room for it.
                size = deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
            }
        }
        return compressed.isEmpty ? nil : compressed
    }
}
