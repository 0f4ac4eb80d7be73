extension TextWriter {
    /// Writes a number.
    mutating func write(_ number: JSONNumber) {
        switch number.storage {
        case .integer(let value):
            if !writeShort(integer: value) {
                flush()
                _ = writeShort(integer: value)
            }
        case .text(let text):
            text.withBytes { write(number: $0) }
        }
    }

    /// Writes a number given as bytes known to be one.
    mutating func write(number bytes: UnsafeBufferPointer<UInt8>) {
        guard form.hasPythonNumbers, let scan = NumberScan(bytes, from: 0), scan.hasPythonForm else {
            write(bytes)
            return
        }
        if !scan.isFraction {
            write(UInt8(ascii: "0"))
        } else if let value = Double(String(decoding: bytes, as: UTF8.self)) {
            value.pythonDescription.withBytes { write($0) }
        } else {
            write(bytes)
        }
    }

    /// Writes an integer if it fits into the buffer.
    ///
    /// - Returns: Whether it did.
    mutating func writeShort(integer value: Int) -> Bool {
        // The longest has a sign and 19 digits.
        guard let out = freeRoom(for: 20) else { return false }
        var rest = value.magnitude
        var length = value < 0 ? 2 : 1
        var power: UInt = 10
        while rest >= power, length < 20 {
            length &+= 1
            // Not more than 10^19, which a UInt holds.
            power &*= 10
        }
        out[0] = UInt8(ascii: "-")
        var index = length
        repeat {
            index &-= 1
            out[index] = UInt8(ascii: "0") | UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        advance(by: length)
        return true
    }
}
