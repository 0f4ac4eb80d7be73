import AgentJSON
import ArgumentParser

/// Finds the value of a setting: from its flag, its variable or the configuration file, whichever comes first.
package struct Settings {
    /// A value as it was written, and where.
    package struct Value {
        package var text: String
        /// How an error names it: `--port`, `AGENT_SERVER_PORT`, or `"port" in agent.json`.
        package var place: String
    }

    private let environment: [String: String]
    private let file: String
    /// What the file holds and nobody has asked for.
    private var unused: JSONObject

    /// - Parameters:
    ///   - file: The path of a configuration file.
    ///   - environment: The process's environment.
    /// - Throws: `ValidationError` when the file cannot be read.
    package init(file: String?, environment: [String: String]) throws {
        self.environment = environment
        self.file = file ?? ""
        unused = try file.map { try Self.read($0) } ?? [:]
    }

    private static func read(_ path: String) throws -> JSONObject {
        guard let bytes = TextFile.read(path, limit: 1 << 20) else {
            throw ValidationError("The configuration file \(path) cannot be read")
        }
        do {
            guard let object = try JSON(parsing: bytes).objectValue else {
                throw ValidationError("The configuration file \(path) holds no JSON object")
            }
            return object
        } catch let error as JSONParseError {
            throw ValidationError("The configuration file \(path) is no JSON: \(error)")
        }
    }

    /// The variable of a setting.
    static func variable(of name: String) -> String {
        "AGENT_SERVER_" + name.uppercased().map { $0 == "-" ? "_" : $0 }
    }

    /// Fails when the file has settings that do not exist, which are mistakes in their names as a rule.
    ///
    /// - Parameter others: The names of settings that somebody else reads.
    func checkFileIsUsedUp(except others: Set<String>) throws {
        if let name = unused.keys.first(where: { !others.contains($0) }) {
            throw ValidationError("\(place(of: name)) is no setting")
        }
    }

    // MARK: Kinds of settings

    package mutating func text(_ name: String, _ flag: String?, set: (Value) throws -> Void) throws {
        guard let value = try find(name, flag, variable: nil) else { return }
        guard !value.text.isEmpty else { throw ValidationError("\(value.place) is empty") }
        try set(value)
    }

    /// A text of another tool's variable. An empty variable counts as not set; an empty flag, and an empty text in the file,
    /// say that there shall be none, whatever comes behind them.
    mutating func textOrNone(_ name: String, _ flag: String?, variable: String, set: (String?) -> Void) throws {
        guard let value = try find(name, flag, variable: variable, skipsEmpty: true) else { return }
        set(value.text.isEmpty ? nil : value.text)
    }

    package mutating func number(
        _ name: String, _ flag: String?, variable: String? = nil, in range: ClosedRange<Int>, set: (Int) -> Void
    ) throws {
        guard let value = try find(name, flag, variable: variable) else { return }
        set(try Self.number(value.text, value.place, in: range))
    }

    package mutating func seconds(
        _ name: String, _ flag: String?, variable: String? = nil, in range: ClosedRange<Int> = 1...Int(Int32.max),
        set: (Duration) -> Void
    ) throws {
        try number(name, flag, variable: variable, in: range) { set(.seconds($0)) }
    }

    mutating func flag(_ name: String, _ flag: Bool, set: (Bool) -> Void) throws {
        let value = try find(name, flag ? "true" : nil, variable: nil)
        switch value?.text.lowercased() {
        case nil: break
        case "1", "true", "yes", "on": set(true)
        case "0", "false", "no", "off", "": set(false)
        case let text?: throw ValidationError("\(value?.place ?? name) is '\(text)'; it must be true or false")
        }
    }

    /// A list, separated by commas in the environment, and an array in the file.
    mutating func list(
        _ name: String, _ flags: [String], variable: String? = nil, set: ([String]) -> Void
    ) throws {
        let inFile = unused.removeValue(forKey: name)
        if !flags.isEmpty {
            set(flags)
        } else if let text = environment[variable ?? Self.variable(of: name)] {
            set(text.split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty })
        } else if let inFile {
            let texts = inFile.arrayValue?.map(\.stringValue)
            guard let texts, !texts.contains(nil) else {
                throw ValidationError("\(place(of: name)) must be an array of strings")
            }
            set(texts.compactMap { $0 })
        }
    }

    /// A list as ``list(_:_:variable:set:)`` finds it, with the place where it was found, and with what is empty.
    mutating func listWithGaps(_ name: String, flag: String, _ flags: [String], set: ([String], String) throws -> Void)
        throws
    {
        let variable = Self.variable(of: name)
        if flags.isEmpty, let text = environment[variable] {
            unused.removeValue(forKey: name)
            let texts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmed) }
            return try set(texts, variable)
        }
        let place = flags.isEmpty ? place(of: name) : flag
        var found: [String]?
        try list(name, flags) { found = $0 }
        if let found { try set(found, place) }
    }

    static func number(_ text: String, _ place: String, in range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(text) else { throw ValidationError("\(place) is '\(text)', which is no whole number") }
        guard range.contains(number) else {
            throw ValidationError("\(place) is \(number); it must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    // MARK: Places

    private mutating func find(
        _ name: String, _ flag: String?, variable: String?, skipsEmpty: Bool = false
    ) throws -> Value? {
        let inFile = unused.removeValue(forKey: name)
        let variable = variable ?? Self.variable(of: name)
        if let flag { return Value(text: flag, place: "--\(name)") }
        if let text = environment[variable], !skipsEmpty || !text.isEmpty { return Value(text: text, place: variable) }
        switch inFile {
        case nil, .null: return nil
        case .string(let text): return Value(text: text, place: place(of: name))
        case .number, .bool: return inFile.map { Value(text: $0.description, place: place(of: name)) }
        case .array, .object: throw ValidationError("\(place(of: name)) must be a text, a number, true or false")
        }
    }

    private func place(of name: String) -> String { "\"\(name)\" in \(file)" }
}

extension Substring {
    /// Without the spaces around it.
    fileprivate var trimmed: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return self[first...last]
    }
}
