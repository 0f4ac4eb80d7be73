extension WebSocket {
    /// Why a WebSocket closes (RFC 6455, 7.4).
    package struct CloseCode: RawRepresentable, Sendable, Hashable {
        package var rawValue: UInt16

        package init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        package static let normal = CloseCode(rawValue: 1000)
        /// The server stops, or the client leaves the page.
        package static let goingAway = CloseCode(rawValue: 1001)
        package static let protocolError = CloseCode(rawValue: 1002)
        /// A kind of message that is not understood, a binary one for example.
        package static let unsupportedData = CloseCode(rawValue: 1003)
        /// A text that is not UTF-8.
        package static let invalidData = CloseCode(rawValue: 1007)
        package static let policyViolation = CloseCode(rawValue: 1008)
        package static let messageTooBig = CloseCode(rawValue: 1009)
        package static let internalError = CloseCode(rawValue: 1011)

        /// Whether it may be sent: some are reserved for what was never said, and most mean nothing.
        var isSendable: Bool {
            switch rawValue {
            case 1000...1003, 1007...1014, 3000...4999: true
            default: false
            }
        }
    }
}
