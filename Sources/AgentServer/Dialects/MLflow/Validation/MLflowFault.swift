extension MLflowValidation {
    /// What is wrong with one value, in pydantic's words.
    enum Fault {
        case missing
        case text
        case integer, integerText, integerFraction, integerSize
        case number, numberText, notFinite
        case flag, flagValue
        case list
        case object
        /// No object, where one of this model belongs.
        case model(String)
        /// A broken rule.
        case rule(String)

        /// The message and, in brackets, the type that pydantic gives the fault.
        var text: String {
            switch self {
            case .missing: "Field required [type=missing]"
            case .text: "Input should be a valid string [type=string_type]"
            case .integer: "Input should be a valid integer [type=int_type]"
            case .integerText:
                "Input should be a valid integer, unable to parse string as an integer [type=int_parsing]"
            case .integerFraction:
                "Input should be a valid integer, got a number with a fractional part [type=int_from_float]"
            case .integerSize:
                "Unable to parse input string as an integer, exceeded maximum size [type=int_parsing_size]"
            case .number: "Input should be a valid number [type=float_type]"
            case .numberText:
                "Input should be a valid number, unable to parse string as a number [type=float_parsing]"
            case .notFinite: "Input should be a finite number [type=finite_number]"
            case .flag: "Input should be a valid boolean [type=bool_type]"
            case .flagValue: "Input should be a valid boolean, unable to interpret input [type=bool_parsing]"
            case .list: "Input should be a valid list [type=list_type]"
            case .object: "Input should be a valid dictionary [type=dict_type]"
            case .model(let name):
                "Input should be a valid dictionary or instance of \(name) [type=model_type]"
            case .rule(let complaint): "Value error, \(complaint) [type=value_error]"
            }
        }
    }
}
