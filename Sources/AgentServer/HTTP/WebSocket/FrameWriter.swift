import NIOCore
import NIOWebSocket

/// Writes frames as a server sends them: whole messages, without a mask.
enum FrameWriter {
    /// Appends a frame.
    static func write(_ payload: UnsafeRawBufferPointer, as opcode: WebSocketOpcode, to buffer: inout ByteBuffer) {
        buffer.reserveCapacity(minimumWritableBytes: payload.count + 10)
        buffer.writeInteger(0x80 | UInt8(webSocketOpcode: opcode))
        if payload.count < 126 {
            buffer.writeInteger(UInt8(payload.count))
        } else if payload.count <= UInt16.max {
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(payload.count))
        } else {
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(payload.count))
        }
        buffer.writeBytes(payload)
    }

    static func write(_ payload: [UInt8], as opcode: WebSocketOpcode, to buffer: inout ByteBuffer) {
        payload.withUnsafeBytes { write($0, as: opcode, to: &buffer) }
    }

    /// Appends a goodbye.
    ///
    /// - Parameters:
    ///   - code: Why; `nil` says nothing.
    ///   - reason: Why, in words. Cut off where it does not fit into a control frame.
    static func writeClose(_ code: WebSocket.CloseCode?, _ reason: String, to buffer: inout ByteBuffer) {
        guard let code else { return write([], as: .connectionClose, to: &buffer) }
        var payload = [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
        for character in reason.unicodeScalars {
            let bytes = Array(String(character).utf8)
            guard payload.count + bytes.count <= controlBytes else { break }
            payload += bytes
        }
        write(payload, as: .connectionClose, to: &buffer)
    }

    /// How long the payload of a control frame may be.
    static let controlBytes = 125
}
