/// An event that carries text, a piece of it or all.
struct TextEvent: Sendable {
    let place: OutputItem.Place
    let partType: String
    let itemType: String
    let isDone: Bool

    /// By the type of the event.
    static let ofType: [String: TextEvent] = {
        var events: [String: TextEvent] = [:]
        func add(_ name: String, _ place: OutputItem.Place, _ partType: String, _ itemType: String) {
            for isDone in [false, true] {
                events["response.\(name).\(isDone ? "done" : "delta")"] =
                    TextEvent(place: place, partType: partType, itemType: itemType, isDone: isDone)
            }
        }
        add("output_text", .content, "output_text", "message")
        add("refusal", .content, "refusal", "message")
        // OpenAI's name, and the standard's.
        add("reasoning_text", .content, "reasoning_text", "reasoning")
        add("reasoning", .content, "reasoning_text", "reasoning")
        add("reasoning_summary_text", .summary, "summary_text", "reasoning")
        return events
    }()
}
