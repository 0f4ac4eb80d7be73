import AgentJSON

/// Why a request cannot be served: a mistake of the client, to be answered with the status 400.
///
/// Only the first fault that is found is reported.
public struct RequestFault: Error, Sendable, Hashable {
    /// What kind of fault it is; `invalid_value` for most.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The code as it is sent.
        public var rawValue: String

        /// Creates a code from the text that is sent.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A value of the wrong kind, or outside what is allowed.
        public static let invalidValue = Code(rawValue: "invalid_value")
        /// A value that must be there is not.
        public static let missingRequiredParameter = Code(rawValue: "missing_required_parameter")
        /// A value that other servers know, and this one does not offer.
        public static let unsupportedValue = Code(rawValue: "unsupported_value")
        /// Two fields of which only one may be given.
        public static let mutuallyExclusiveParameters = Code(rawValue: "mutually_exclusive_parameters")
    }

    /// What kind of fault it is.
    public var code: Code
    /// The place of the fault, `input[2].content[0].type` for example; `nil` where it is the whole body.
    public private(set) var param: String?
    private var complaint: String
    /// Whether the complaint is the rest of a sentence that begins with the place, which is not known at first.
    private var isAboutPlace: Bool

    /// Creates a fault.
    ///
    /// - Parameters:
    ///   - message: A whole sentence for the client.
    ///   - code: What kind of fault it is.
    ///   - param: The place of the fault.
    public init(message: String, code: Code = .invalidValue, param: String?) {
        self.code = code
        self.param = param
        self.complaint = message
        self.isAboutPlace = false
    }

    private init(_ complaint: String, code: Code, param: String? = nil) {
        self.code = code
        self.param = param
        self.complaint = complaint
        self.isAboutPlace = true
    }

    /// What is wrong, in a sentence that names the place.
    public var message: String {
        guard isAboutPlace else { return complaint }
        return "\(param.map { "'\($0)'" } ?? "The request body") \(complaint)."
    }
}

extension RequestFault: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

extension RequestFault {
    /// A value that breaks a rule, "must be …" for example.
    static func invalid(_ complaint: String) -> RequestFault {
        RequestFault(complaint, code: .invalidValue)
    }

    /// A value of the wrong kind, or a faulty one of the right kind.
    static func mustBe(_ rule: String, _ value: JSON) -> RequestFault {
        let kind: String? =
            switch value {
            case .null: "null"
            case .bool: "a boolean"
            // What is said of numbers says enough to one who gave a number.
            case .number: rule.contains("number") || rule.contains("integer") ? nil : "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        return .invalid("must be \(rule)" + (kind.map { ", not \($0)" } ?? ""))
    }

    /// A value that is not offered here.
    static func unsupported(_ complaint: String) -> RequestFault {
        RequestFault(complaint, code: .unsupportedValue)
    }

    /// A member of the object at hand that must be there.
    static func missing(_ key: String) -> RequestFault {
        RequestFault("is required", code: .missingRequiredParameter, param: key)
    }

    /// The same fault, seen from the object that has the faulty value as a member.
    func inside(_ key: String) -> RequestFault {
        // The key may be the client's own, and of any length.
        let key = String(key.unicodeScalars.prefix(80))
        var fault = self
        fault.param = param.map { $0.hasPrefix("[") ? key + $0 : "\(key).\($0)" } ?? key
        return fault
    }

    /// The same fault, seen from the array that has the faulty value as an element.
    func inside(_ index: Int) -> RequestFault {
        inside("[\(index)]")
    }

    /// The same fault at another place, whatever part of it is to blame.
    func at(_ place: String) -> RequestFault {
        var fault = self
        fault.param = place
        return fault
    }
}
