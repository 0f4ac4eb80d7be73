import AgentJSON

extension MLflowValidation {
    /// A pydantic model as a table: the fields in declaration order, and the rules checked after them.
    final class Model: Sendable {
        /// The name that messages use.
        let name: String
        let fields: [Field]
        /// Whether unknown fields stay in the object. Otherwise they are dropped.
        let keepsUnknown: Bool
        /// Checked in order once all fields are good, each on the field at its index.
        /// The first broken one ends the reading.
        let rules: [(index: Int, rule: Rule)]
        /// The length of each field's name in UTF-8.
        private let lengths: [Int]

        init(
            _ name: String,
            keepsUnknown: Bool = false,
            _ fields: [Field],
            rules: [(field: String, rule: Rule)] = []
        ) {
            self.name = name
            self.fields = fields
            self.keepsUnknown = keepsUnknown
            self.lengths = fields.map(\.name.utf8.count)
            self.rules = rules.map { field, rule in
                guard let index = fields.firstIndex(where: { $0.name == field }) else {
                    preconditionFailure("A rule of \(name) is about \(field), which is no field of it.")
                }
                return (index, rule)
            }
        }

        /// The place of the field `name` among ``fields``.
        func index(of name: String) -> Int? {
            // Lengths differ more often than not, and comparing them is cheaper than comparing texts.
            let length = name.utf8.count
            for index in lengths.indices where lengths[index] == length {
                if fields[index].name == name { return index }
            }
            return nil
        }

        /// Whether each field that must be there is a member of `object`.
        func hasRequired(in object: JSONObject) -> Bool {
            for index in fields.indices where fields[index].isRequired {
                guard object.contains(fields[index].name) else { return false }
            }
            return true
        }
    }

    /// One declared field of a ``Model``.
    struct Field: Sendable {
        let name: String
        let kind: Kind
        let isRequired: Bool
        let isNullable: Bool
        /// The value when the field is absent.
        let fallback: JSON?

        /// A field that must be there.
        static func required(_ name: String, _ kind: Kind) -> Field {
            Field(name: name, kind: kind, isRequired: true, isNullable: false, fallback: nil)
        }

        /// A field that may be absent or null.
        static func optional(_ name: String, _ kind: Kind) -> Field {
            Field(name: name, kind: kind, isRequired: false, isNullable: true, fallback: nil)
        }

        /// A field that may be absent, and then has this value.
        static func defaulted(_ name: String, _ kind: Kind, _ value: JSON) -> Field {
            Field(name: name, kind: kind, isRequired: false, isNullable: false, fallback: value)
        }
    }

    /// What the value of a field must be, or must be convertible to.
    indirect enum Kind: Sendable {
        /// A string.
        case text
        /// An integer, or what pydantic reads as one.
        case integer
        /// A number, or what pydantic reads as one; written with a fraction.
        case number
        /// A boolean, or what pydantic reads as one.
        case flag
        /// Anything at all.
        case anything
        /// An object with any members.
        case object
        /// An object whose values are strings.
        case texts
        /// An object that is good by a model.
        case model(Model)
        /// A list of values of a kind.
        case list(Kind)
        /// A union: a value of one of several kinds.
        case either([Kind])

        /// Stands for a choice of a union in the place of an error.
        var label: String {
            switch self {
            case .text: "str"
            case .integer: "int"
            case .number: "float"
            case .flag: "bool"
            case .anything: "any"
            case .object, .texts: "dict"
            case .model(let model): model.name
            case .list: "list"
            case .either: "union"
            }
        }
    }
}
