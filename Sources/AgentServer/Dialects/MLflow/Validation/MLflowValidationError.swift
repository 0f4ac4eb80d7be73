/// Why MLflow's validator refuses a value.
///
/// The message names the fields at fault and may quote short pieces of the value where the original's message
/// does. It never holds a whole value, and its length has a bound whatever the value is.
struct MLflowValidationError: Error, CustomStringConvertible {
    /// The message for the client, in the form that pydantic gives it.
    var message: String

    var description: String { message }
}
