package import AgentJSON

/// A value that satisfies a JSON Schema, made without a model.
///
/// The same schema and text always give the same value. It reads what tools and structured outputs use of draft
/// 2020-12, and of older drafts where they differ: `definitions`, tuples in `items`, `dependencies`.
///
/// Making it ends after a bounded number of steps and gives a value of bounded size, whatever the schema; a recursive
/// schema gets its shortest finite value. Strings without a form of their own hold the words of a given text.
package struct SchemaExample: Sendable {
    /// The value; only a likeness where ``isValid`` is false.
    package let value: JSON
    /// Whether the value was found to satisfy the schema.
    ///
    /// It isn't where no value can, or where finding one would take too long or too large a value (a million items).
    /// `format` plays no part, as in the standard, and patterns that can't be read here count as matched.
    package let isValid: Bool

    /// Makes an example.
    ///
    /// - Parameters:
    ///   - schema: The schema, also the document that its references point into.
    ///   - text: Gives free strings their words.
    ///   - type: A type that the value must have besides, `object` for the arguments of a function.
    package init(of schema: JSON, text: String = "", type: String? = nil) {
        var schemas = [schema]
        if let type { schemas.append(["type": .string(type)]) }
        for attempt in SchemaSolver.Attempt.strict {
            var solver = SchemaSolver(root: schema, text: text, attempt: attempt)
            if let value = solver.solve(schemas) {
                self.value = value
                isValid = true
                return
            }
            if !solver.wasCut { break }
        }
        var solver = SchemaSolver(root: schema, text: text, attempt: .lenient)
        value = solver.solve(schemas) ?? .null
        isValid = false
    }
}
