/// Writes messages of Protocol Buffers, as much of them as OTLP needs.
package struct ProtobufWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func reserveCapacity(_ count: Int) { bytes.reserveCapacity(count) }

    /// A field of a number.
    package mutating func number(_ field: UInt8, _ value: UInt64) {
        bytes.append(field << 3)
        varint(value)
    }

    /// A field of a number with eight bytes.
    package mutating func fixed64(_ field: UInt8, _ value: UInt64) {
        bytes.append(field << 3 | 1)
        littleEndian(value)
    }

    /// A field of a double.
    package mutating func double(_ field: UInt8, _ value: Double) {
        bytes.append(field << 3 | 1)
        littleEndian(value.bitPattern)
    }

    /// A field of a text.
    package mutating func text(_ field: UInt8, _ value: String) {
        bytes.append(field << 3 | 2)
        var value = value
        value.withUTF8 { utf8 in
            varint(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    /// A field of bytes.
    package mutating func data(_ field: UInt8, _ value: some Collection<UInt8>) {
        bytes.append(field << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A field of bytes that a number has, the highest first, as ids are written.
    package mutating func id(_ field: UInt8, _ parts: UInt64...) {
        bytes.append(field << 3 | 2)
        varint(UInt64(8 * parts.count))
        for part in parts { withUnsafeBytes(of: part.bigEndian) { bytes.append(contentsOf: $0) } }
    }

    /// A field of a message, which a closure writes.
    package mutating func message(_ field: UInt8, _ body: (inout ProtobufWriter) -> Void) {
        bytes.append(field << 3 | 2)
        // Most messages are longer than 127 bytes or small enough to move.
        let start = bytes.count
        bytes.append(0)
        body(&self)
        let length = bytes.count - start - 1
        guard length >= 0x80 else {
            bytes[start] = UInt8(length)
            return
        }
        var (rest, size) = (length, [UInt8]())
        while rest >= 0x80 {
            size.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        size.append(UInt8(rest))
        bytes.replaceSubrange(start...start, with: size)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func littleEndian(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
