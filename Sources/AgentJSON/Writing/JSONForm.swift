/// How a JSON text is written.
public struct JSONForm: Sendable {
    /// Whether a space follows each comma and colon.
    let isSpaced: Bool
    /// Whether everything beyond ASCII, and U+007F, becomes an escape.
    let isASCII: Bool
    /// Whether numbers are written as Python does.
    let hasPythonNumbers: Bool

    /// No spaces, UTF-8, the fewest escapes, and numbers by the text they were read with.
    public static let compact = JSONForm(isSpaced: false, isASCII: false, hasPythonNumbers: false)

    /// The bodies of MLflow's JSON answers: as ``compact``, with numbers as Python writes them.
    ///
    /// Integers keep their text, except that `-0` becomes `0`; everything else is the `repr` of the nearest double.
    public static let mlflowBody = JSONForm(isSpaced: false, isASCII: false, hasPythonNumbers: true)

    /// The events of MLflow's streams: what `json.dumps` writes by default.
    ///
    /// A space after each comma and colon, all characters beyond ASCII and U+007F as lower-case `\uXXXX` escapes,
    /// and numbers as in ``mlflowBody``.
    public static let mlflowEvent = JSONForm(isSpaced: true, isASCII: true, hasPythonNumbers: true)

    /// The values of MLflow's traces: as ``mlflowEvent``, with characters beyond ASCII as they are.
    public static let mlflowTrace = JSONForm(isSpaced: true, isASCII: false, hasPythonNumbers: true)
}
