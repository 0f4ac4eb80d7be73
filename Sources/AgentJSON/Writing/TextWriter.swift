/// Writes a text into a small buffer on the stack, and from there to an array.
///
/// A short text reaches the array in one piece, so the array is allocated once and in the right size; a long run
/// of bytes goes there directly.
struct TextWriter {
    let form: JSONForm
    private let buffer: UnsafeMutablePointer<UInt8>
    private var count = 0
    private var sink: [UInt8] = []

    /// The size of the buffer: the largest that `withUnsafeTemporaryAllocation` always takes from the stack.
    static let capacity = 1024

    /// Appends what a closure writes to an array.
    static func append(to bytes: inout [UInt8], as form: JSONForm, _ body: (inout TextWriter) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
            guard let base = buffer.baseAddress else { return }
            var writer = TextWriter(form: form, buffer: base)
            // The array is swapped rather than copied, so that there is only one reference and it grows in place.
            swap(&writer.sink, &bytes)
            body(&writer)
            writer.flush()
            swap(&writer.sink, &bytes)
        }
    }

    private init(form: JSONForm, buffer: UnsafeMutablePointer<UInt8>) {
        self.form = form
        self.buffer = buffer
    }

    /// Appends a byte.
    @inline(__always)
    mutating func write(_ byte: UInt8) {
        if count == Self.capacity { flush() }
        buffer[count] = byte
        count &+= 1
    }

    /// Appends bytes as they are.
    @inline(__always)
    mutating func write(_ run: UnsafeBufferPointer<UInt8>) {
        if run.count > Self.capacity - count {
            flush()
            if run.count > Self.capacity / 2 {
                sink.append(contentsOf: run)
                return
            }
        }
        guard let source = run.baseAddress else { return }
        UnsafeMutableRawPointer(buffer + count).copyMemory(from: source, byteCount: run.count)
        count &+= run.count
    }

    /// Appends ASCII characters.
    @inline(__always)
    mutating func write(ascii text: StaticString) {
        write(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// The place for bytes that the caller writes itself and then reports with ``advance(by:)``.
    ///
    /// - Returns: nil if there is no room until the next ``flush()``.
    @inline(__always)
    func freeRoom(for length: Int) -> UnsafeMutablePointer<UInt8>? {
        length <= Self.capacity &- count ? buffer + count : nil
    }

    /// Counts bytes written into ``freeRoom(for:)``.
    @inline(__always)
    mutating func advance(by length: Int) {
        assert(length <= Self.capacity - count)
        count &+= length
    }

    /// Empties the buffer.
    mutating func flush() {
        sink.append(contentsOf: UnsafeBufferPointer(start: buffer, count: count))
        count = 0
    }
}
