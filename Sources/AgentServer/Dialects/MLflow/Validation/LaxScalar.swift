import AgentJSON

/// What becomes of a value where pydantic wants a boolean, an integer or a number and isn't strict about it.
enum LaxScalar {
    /// The value is what is wanted.
    case asItIs
    /// The value stands for this one.
    case converted(JSON)
    /// The value stands for infinity or not a number, which pydantic accepts and JSON can't write.
    case notFinite
    case refused(MLflowValidation.Fault)

    /// Reads a boolean: 0, 1, and some words in any case.
    static func flag(_ value: JSON) -> LaxScalar {
        switch value {
        case .bool:
            return .asItIs
        case .number(let number):
            // Beyond 64 bits a number is no longer taken for an attempt at a boolean.
            guard let integer = number.isInteger ? number.int : integer(number.double) else {
                return .refused(.flag)
            }
            return integer == 0 || integer == 1 ? .converted(.bool(integer == 1)) : .refused(.flagValue)
        case .string(let text):
            // "false" is the longest word.
            guard text.utf8.count <= 5 else { return .refused(.flagValue) }
            switch text.lowercased() {
            case "1", "t", "true", "y", "yes", "on": return .converted(.bool(true))
            case "0", "f", "false", "n", "no", "off": return .converted(.bool(false))
            default: return .refused(.flagValue)
            }
        case .null, .array, .object:
            return .refused(.flag)
        }
    }

    /// Reads an integer: booleans, numbers without a fraction, and texts of either.
    static func integer(_ value: JSON) -> LaxScalar {
        switch value {
        case .number(let number):
            if number.isInteger { return .asItIs }
            let double = number.double
            guard double.rounded(.towardZero) == double else { return .refused(.integerFraction) }
            guard let integer = integer(double) else { return .refused(.integerSize) }
            return .converted(.number(JSONNumber(integer)))
        case .bool(let flag):
            return .converted(.number(JSONNumber(flag ? 1 : 0)))
        case .string(let text):
            return LaxText(text).integer
        case .null, .array, .object:
            return .refused(.integer)
        }
    }

    /// Reads a number: booleans, integers, and texts.
    static func number(_ value: JSON) -> LaxScalar {
        switch value {
        case .number(let number):
            guard number.isInteger else { return .asItIs }
            // Python's integers know no negative zero.
            guard let double = JSONNumber(number.double == 0 ? 0 : number.double) else { return .refused(.number) }
            return .converted(.number(double))
        case .bool(let flag):
            return .converted(flag ? 1.0 : 0.0)
        case .string(let text):
            return LaxText(text).number
        case .null, .array, .object:
            return .refused(.number)
        }
    }

    /// The integer that a double is, if it is one strictly inside the range of 64 bits.
    ///
    /// The lower end is left out as well, because pydantic compares with the ends as doubles.
    private static func integer(_ double: Double) -> Int? {
        double == -0x1p63 ? nil : Int(exactly: double)
    }
}
