/// Comparing names of headers, without a copy in small letters.
extension String {
    /// Whether this is the name of a header, in whatever case.
    ///
    /// - Parameter name: The name in small letters.
    package func isHeader(_ name: StaticString) -> Bool {
        let size = name.utf8CodeUnitCount
        guard utf8.count == size else { return false }
        var copy = self
        return copy.withUTF8 { bytes in
            for index in 0..<size {
                let byte = bytes[index]
                let small = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
                if small != name.utf8Start[index] { return false }
            }
            return true
        }
    }
}
