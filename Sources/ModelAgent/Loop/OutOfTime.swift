/// The time of a response, or of a tool, is over.
struct OutOfTime: Error, CustomStringConvertible {
    var description: String { "It took too long and was cut off" }
}
