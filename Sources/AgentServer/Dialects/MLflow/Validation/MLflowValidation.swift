import AgentJSON

/// What MLflow's `ResponsesAgent` validator accepts, coerces, drops and refuses.
///
/// MLflow describes requests, responses and stream events as pydantic models. ``Model`` holds the same
/// descriptions as tables, ``Walk`` reads a value by them with pydantic's rules for lax conversion and for unions.
///
/// A value is first read without any book-keeping for errors. Only one that fails is read again to say
/// where and why, so a good request never pays for messages. Both readings take time in proportion to the value,
/// and neither recurses deeper than the models do, however deep the value is.
enum MLflowValidation {
    /// The request as the agent sees it.
    ///
    /// The fields come in the order in which the models declare them. Values are converted the lax way ("5" is an
    /// integer, "yes" is true), defaults are added, unknown fields are dropped where the models ignore them, and
    /// nulls of typed parts are left out.
    ///
    /// - Parameter body: The request without `stream`.
    static func request(_ body: JSONObject) throws(MLflowValidationError) -> JSONObject {
        try read(.object(body), as: .request, building: true, isRaw: true)
    }

    /// Checks a result that an agent returned as plain JSON. It is sent as it is.
    static func checkResult(_ value: JSON) throws(MLflowValidationError) {
        _ = try read(value, as: .response, building: false, isRaw: true)
    }

    /// A result that an agent returned as a declared type: converted, with defaults, without nulls of typed parts.
    static func typedResult(_ value: JSON) throws(MLflowValidationError) -> JSONObject {
        try read(value, as: .response, building: true, isRaw: false)
    }

    /// Checks a stream event that an agent sent as plain JSON. It is sent as it is.
    static func checkEvent(_ value: JSON) throws(MLflowValidationError) {
        if isPlainDelta(value) { return }
        _ = try read(value, as: .streamEvent, building: false, isRaw: true)
    }

    /// A stream event that an agent sent as a declared type: `type` first, without nulls at its own level.
    static func typedEvent(_ value: JSON) throws(MLflowValidationError) -> JSONObject {
        try read(value, as: .streamEvent, building: true, isRaw: false)
    }

    /// Checks a result or an event of an agent without a type: any object will do.
    static func checkPlainResult(_ value: JSON) throws(MLflowValidationError) {
        if case .object = value { return }
        throw MLflowValidationError(
            message: "Result needs to be a pydantic model, dataclass, or dict. Unsupported result type: "
                + "<class '\(PythonText.typeName(of: value))'>, result: \(PythonText.text(of: value))"
        )
    }

    /// Whether a value is a delta of text in the form that nearly all have, and so a good event.
    ///
    /// Streams consist of these. Seeing that in one pass over the members, without the tables, takes a quarter of the
    /// time of a walk (80 ns instead of 310 ns).
    private static func isPlainDelta(_ value: JSON) -> Bool {
        guard case .object(let object) = value else { return false }
        var hasType = false
        var hasItem = false
        var hasDelta = false
        for (key, value) in object {
            switch (key, value) {
            case ("type", .string("response.output_text.delta")): hasType = true
            case ("item_id", .string): hasItem = true
            case ("delta", .string): hasDelta = true
            case ("output_index", .number(let number)), ("content_index", .number(let number)):
                guard number.isInteger else { return false }
            case ("sequence_number", _), ("logprobs", _): continue
            default: return false
            }
        }
        return hasType && hasItem && hasDelta
    }

    /// Reads `value` by `model`.
    ///
    /// - Parameters:
    ///   - building: Whether the answer is the converted object. Otherwise it is the value as it came.
    ///   - isRaw: Whether the value is plain JSON that MLflow's server validates, rather than one whose
    ///     declared type does; the server puts words of its own before the message.
    private static func read(
        _ value: JSON,
        as model: Model,
        building: Bool,
        isRaw: Bool
    ) throws(MLflowValidationError) -> JSONObject {
        var result = value
        var walk = Walk()
        if walk.accept(&result, as: model, building: building), case .object(let object) = result {
            return object
        }
        let prefix = isRaw ? "Invalid data for \(model.name): " : ""
        guard case .object = value else {
            throw MLflowValidationError(
                message: "\(prefix)mlflow.types.responses.\(model.name)() argument after ** must be a mapping, "
                    + "not \(PythonText.typeName(of: value))"
            )
        }
        throw MLflowValidationError(
            message: prefix + Walk.explanation(why: value, isNot: model, building: building)
        )
    }
}
