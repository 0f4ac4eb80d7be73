import NIOCore
import NIOWebSocket

/// What comes before the payload of a frame.
struct FrameHead: Equatable {
    private var first: UInt8
    var isMasked: Bool
    var length: UInt64
    /// The mask, its first byte highest.
    var key: UInt32

    /// Whether the frame ends its message.
    var isLast: Bool { first & 0x80 != 0 }

    /// Whether bits are set that belong to extensions.
    var hasReservedBits: Bool { first & 0x70 != 0 }

    /// Its kind; four bits always are one, though it may be one that nobody knows.
    var opcode: WebSocketOpcode { WebSocketOpcode(encodedWebSocketOpcode: first & 0x0F) ?? .continuation }

    /// Reads heads from bytes that come in pieces of any size.
    ///
    /// NIO's own decoder gives out a frame only when it is whole, and keeps it twice until then.
    struct Reader {
        private enum Step {
            case first
            case length(FrameHead)
            case longLength(FrameHead, missing: Int)
            case key(FrameHead, missing: Int)
        }

        private var step = Step.first

        /// Takes what belongs to a head; `nil` while it is not whole.
        mutating func read(_ bytes: inout ByteBuffer) -> FrameHead? {
            while let byte = bytes.readInteger(as: UInt8.self) {
                if let head = take(byte) {
                    step = .first
                    return head
                }
            }
            return nil
        }

        private mutating func take(_ byte: UInt8) -> FrameHead? {
            switch step {
            case .first:
                step = .length(FrameHead(first: byte, isMasked: false, length: 0, key: 0))
                return nil
            case .length(var head):
                head.isMasked = byte & 0x80 != 0
                switch byte & 0x7F {
                case 126: step = .longLength(head, missing: 2)
                case 127: step = .longLength(head, missing: 8)
                case let length:
                    head.length = UInt64(length)
                    return lengthRead(head)
                }
                return nil
            case .longLength(var head, let missing):
                head.length = head.length << 8 | UInt64(byte)
                guard missing == 1 else {
                    step = .longLength(head, missing: missing - 1)
                    return nil
                }
                return lengthRead(head)
            case .key(var head, let missing):
                head.key = head.key << 8 | UInt32(byte)
                step = .key(head, missing: missing - 1)
                return missing == 1 ? head : nil
            }
        }

        private mutating func lengthRead(_ head: FrameHead) -> FrameHead? {
            guard head.isMasked else { return head }
            step = .key(head, missing: 4)
            return nil
        }
    }
}
