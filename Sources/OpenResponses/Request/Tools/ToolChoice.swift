/// Which functions of a request may be called, or must.
public enum ToolChoice: Sendable, Hashable {
    /// Whether functions are called at all.
    public enum Mode: String, Sendable, Hashable {
        /// Any number of calls, or none.
        case auto
        /// No call.
        case none
        /// At least one call.
        case required
    }

    /// Any of the functions, as far as the mode goes.
    case any(Mode)
    /// A call of this function.
    case function(String)
    /// One of these functions, as far as the mode goes.
    case allowed([String], Mode)
}
