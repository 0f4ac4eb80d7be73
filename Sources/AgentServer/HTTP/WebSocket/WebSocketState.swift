import NIOCore
import NIOWebSocket

/// What a WebSocket is at, and what the next bytes of its client mean (RFC 6455): a pure state machine.
///
/// Takes bytes only as far as the next event. A message is kept once, as it comes, and never grows beyond the limit.
struct WebSocketState {
    /// What has come, and so what is to be done.
    enum Event: Equatable {
        /// Hand a message on.
        case deliver(WebSocket.Message)
        /// Answer a ping with these bytes.
        case ping([UInt8])
        /// The client says goodbye: say it, too, with its own code, and close.
        case goodbye(WebSocket.CloseCode?)
        /// The client has answered the goodbye: close.
        case farewell
        /// The client breaks the rules: say so, and close.
        case fail(Violation)
    }

    /// How a client breaks the rules.
    struct Violation: Equatable, Error {
        var code: WebSocket.CloseCode
        var text: String

        fileprivate static func rule(_ text: String) -> Violation { Violation(code: .protocolError, text: text) }
        fileprivate static let notUTF8 = Violation(code: .invalidData, text: "Not UTF-8")
    }

    private enum Phase {
        case open
        /// This side has said goodbye, and waits for the client's. What else comes is dropped.
        case closing
        /// Nothing that comes means anything.
        case over
    }

    /// The frame that is being read.
    private struct Frame {
        var opcode: WebSocketOpcode
        var isLast: Bool
        var missing: Int
        /// The mask, turned so that its highest byte is for the next byte.
        var key: UInt32
    }

    private let messageLimit: Int
    private var phase = Phase.open
    private var reader = FrameHead.Reader()
    private var frame: Frame?
    /// The kind of the message that is being read.
    private var kind: WebSocketOpcode?
    private var message: [UInt8] = []
    private var check = UTF8Check()
    private var control: [UInt8] = []

    /// - Parameter messageLimit: How many bytes a message may have.
    init(messageLimit: Int) {
        self.messageLimit = messageLimit
    }

    /// Whether nothing has been said of an end.
    var isOpen: Bool { phase == .open }

    /// Whether nothing that comes means anything: the client has said goodbye, or what it says is none.
    var isOver: Bool { phase == .over }

    // MARK: Events

    /// Takes bytes up to the next event; all of them, where there is none.
    mutating func next(_ bytes: inout ByteBuffer) -> Event? {
        do {
            while phase != .over {
                if frame == nil {
                    guard let head = reader.read(&bytes) else { return nil }
                    try begin(head)
                }
                guard try readPayload(&bytes) else { return nil }
                if let event = try endFrame() { return event }
            }
            bytes.moveReaderIndex(to: bytes.writerIndex)
            return nil
        } catch {
            end()
            return .fail(error)
        }
    }

    /// This side says goodbye. Whether that is to be sent: once, and not behind the client's.
    mutating func close() -> Bool {
        guard phase == .open else { return false }
        phase = .closing
        message = []
        return true
    }

    private mutating func end() {
        phase = .over
        frame = nil
        message = []
        control = []
    }

    // MARK: Frames

    private mutating func begin(_ head: FrameHead) throws(Violation) {
        guard !head.hasReservedBits else { throw .rule("Reserved bits") }
        guard head.isMasked else { throw .rule("A frame without a mask") }
        if head.opcode.isControlOpcode {
            guard head.isLast else { throw .rule("A control frame in fragments") }
            guard head.length <= FrameWriter.controlBytes else { throw .rule("A long control frame") }
        } else {
            try beginFragment(head)
        }
        switch head.opcode {
        case .continuation, .text, .binary, .ping, .pong, .connectionClose: break
        default: throw .rule("An unknown opcode")
        }
        // Fits: what is longer than the limit was refused, but for what is dropped.
        frame = Frame(
            opcode: head.opcode, isLast: head.isLast, missing: Int(clamping: head.length), key: head.key
        )
    }

    private mutating func beginFragment(_ head: FrameHead) throws(Violation) {
        guard head.length <= UInt64(Int64.max) else { throw .rule("A length that is none") }
        if head.opcode == .continuation {
            guard kind != nil else { throw .rule("A continuation of nothing") }
        } else {
            guard kind == nil else { throw .rule("A message within a message") }
            kind = head.opcode
            check = UTF8Check()
        }
        guard phase == .open else { return }
        guard head.length <= UInt64(messageLimit - message.count) else {
            throw Violation(code: .messageTooBig, text: "A message of more than \(messageLimit) bytes")
        }
        // Not all at once: a length is easily said. And not again, or many small fragments would copy each time.
        if message.isEmpty { message.reserveCapacity(min(Int(head.length), 64 * 1024)) }
    }

    /// Takes what belongs to the frame. Whether it is whole.
    private mutating func readPayload(_ bytes: inout ByteBuffer) throws(Violation) -> Bool {
        guard var frame else { return true }
        let count = min(frame.missing, bytes.readableBytes)
        guard count > 0 else { return frame.missing == 0 }
        let isValid = bytes.withUnsafeReadableBytes { all in
            take(UnsafeRawBufferPointer(rebasing: all.prefix(count)), of: frame)
        }
        guard isValid else { throw .notUTF8 }
        bytes.moveReaderIndex(forwardBy: count)
        frame.missing -= count
        frame.key = frame.key.rotated(by: count)
        self.frame = frame
        return frame.missing == 0
    }

    /// Takes bytes of a frame, and the mask off them. Whether they can be what they are to be.
    private mutating func take(_ piece: UnsafeRawBufferPointer, of frame: Frame) -> Bool {
        if frame.opcode.isControlOpcode {
            control.appendUnmasked(piece, frame.key)
            return true
        }
        guard phase == .open else { return true }
        let start = message.count
        message.appendUnmasked(piece, frame.key)
        guard kind == .text else { return true }
        return message.withUnsafeBytes { check.accept(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// The frame is whole.
    private mutating func endFrame() throws(Violation) -> Event? {
        guard let frame else { return nil }
        self.frame = nil
        if frame.opcode.isControlOpcode {
            defer { control = [] }
            return try endControl(frame.opcode)
        }
        guard frame.isLast, let kind else { return nil }
        self.kind = nil
        guard phase == .open else { return nil }
        defer { message = [] }
        guard kind == .text else { return .deliver(.binary(message)) }
        guard check.isComplete else { throw .notUTF8 }
        return .deliver(.text(message))
    }

    private mutating func endControl(_ opcode: WebSocketOpcode) throws(Violation) -> Event? {
        switch opcode {
        case .connectionClose:
            let code = try closeCode()
            defer { end() }
            return phase == .open ? .goodbye(code) : .farewell
        case .ping:
            return phase == .open ? .ping(control) : nil
        default:
            return nil
        }
    }

    /// What a goodbye says; `nil` where it says nothing.
    private func closeCode() throws(Violation) -> WebSocket.CloseCode? {
        if control.isEmpty { return nil }
        guard control.count >= 2 else { throw .rule("Half a close code") }
        let code = WebSocket.CloseCode(rawValue: UInt16(control[0]) << 8 | UInt16(control[1]))
        guard code.isSendable else { throw .rule("A close code that is none") }
        var check = UTF8Check()
        let isText = control.withUnsafeBytes { check.accept(UnsafeRawBufferPointer(rebasing: $0[2...])) }
        guard isText, check.isComplete else { throw .notUTF8 }
        return code
    }
}

extension UInt32 {
    /// A mask as it is after so many bytes.
    fileprivate func rotated(by bytes: Int) -> UInt32 {
        let bits = UInt32(bytes % 4 * 8)
        return bits == 0 ? self : self << bits | self >> (32 - bits)
    }
}

extension [UInt8] {
    /// Appends bytes, and takes the mask off them.
    fileprivate mutating func appendUnmasked(_ piece: UnsafeRawBufferPointer, _ key: UInt32) {
        let start = count
        append(contentsOf: piece)
        let wide = UInt64(key) << 32 | UInt64(key)
        withUnsafeMutableBytes { bytes in
            var index = start
            // Eight at a time.
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                bytes.storeBytes(of: word ^ wide.bigEndian, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            var shift: UInt32 = 24
            while index < bytes.count {
                bytes[index] ^= UInt8(truncatingIfNeeded: key >> shift)
                shift = shift == 0 ? 24 : shift - 8
                index += 1
            }
        }
    }
}
