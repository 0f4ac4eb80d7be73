package import NIOCore

/// Frames that a connection sends, as they come.
package protocol FrameSource: Sendable {
    /// The next frames, whole ones, as soon as there are any; `nil` at the end. One reader at a time.
    func next() async -> ByteBuffer?

    /// What ``next()`` would do.
    var supply: FrameSupply { get }

    /// Nobody reads any more.
    func abandon()
}

/// What there is of frames.
package enum FrameSupply {
    /// None yet, or it takes a while to get them.
    case awaited
    /// Some that can be had at once.
    case ready
    /// None any more.
    case ended
}
