extension MLflowValidation {
    /// The faults of a value with their places, as pydantic lists them.
    ///
    /// Only the first ones are kept and the others counted, and each place is kept short, so that the list is no
    /// longer for a value made to have many faults.
    struct Report {
        /// One step on the way to a place in a value.
        enum Step {
            case name(String)
            case index(Int)
        }

        /// How many faults are listed.
        static let limit = 50

        /// Where the walk is.
        private var place: [Step] = []
        private var count = 0
        private var lines = ""

        mutating func enter(_ step: Step) {
            place.append(step)
        }

        mutating func leave() {
            place.removeLast()
        }

        mutating func note(_ fault: Fault) {
            count += 1
            guard count <= Self.limit else { return }
            if !place.isEmpty {
                lines += "\n" + place.map(Self.text).joined(separator: ".")
            }
            lines += "\n  " + fault.text
        }

        /// The whole message.
        func text(for model: Model) -> String {
            let more = count > Self.limit ? "\n… and \(count - Self.limit) more" : ""
            return "\(count) validation error\(count == 1 ? "" : "s") for \(model.name)\(lines)\(more)"
        }

        private static func text(of step: Step) -> String {
            switch step {
            case .index(let index): return String(index)
            case .name(let name):
                let name = PythonText.shortened(name)
                return name.utf8.contains(UInt8(ascii: ".")) ? "`\(name)`" : name
            }
        }
    }
}
