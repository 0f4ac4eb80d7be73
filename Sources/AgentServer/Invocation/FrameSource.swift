package import NIOCore

/// Frames that a connection sends, as they come.
package protocol FrameSource: Sendable {
    /// The next frames, whole ones, as soon as there are any; `nil` at the end. One reader at a time.
    func next() async -> ByteBuffer?

    /// Nobody reads any more.
    func abandon()
}
