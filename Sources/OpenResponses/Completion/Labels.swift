import AgentJSON

/// The labels of a response, its `metadata`: texts by name, and only so many.
enum Labels {
    static let maximumCount = 16
    static let longestKey = 64
    static let longestText = 512

    /// The labels that an agent gives, brought into the form that requests have to have. It may give anything.
    ///
    /// What is no text becomes one, nulls are left out, what is too long is cut.
    static func fitting(_ given: JSONObject) -> JSONObject {
        var labels: JSONObject = [:]
        for (key, value) in given where !value.isNull {
            labels[cut(key, to: longestKey)] = .string(cut(value.stringValue ?? value.description, to: longestText))
        }
        return labels
    }

    /// Labels with others over them, as many as there may be. Those that are there stay.
    ///
    /// - Parameter reserved: How many places are kept for others.
    static func merge(_ others: JSONObject, into labels: inout JSONObject, reserved: Int = 0) {
        for (key, value) in others where labels.contains(key) || labels.count < maximumCount - reserved {
            labels[key] = value
        }
    }

    private static func cut(_ text: String, to limit: Int) -> String {
        guard text.isLonger(than: limit) else { return text }
        var cut = String.UnicodeScalarView()
        cut.append(contentsOf: text.unicodeScalars.prefix(limit))
        return String(cut)
    }
}
