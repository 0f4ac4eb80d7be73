/// The parameters that a type declares, in order, each with the key of its member.
///
/// What a property wrapper says of a property (its description, its default) is in a value that the type itself makes; the key
/// is known to the type's decoding alone. So both are asked, and joined by the names of the properties.
struct ParameterList {
    let parameters: [(key: String, parameter: any DeclaredParameter)]

    /// - Throws: ``ModelSetupError`` where a property that is decoded is no parameter, or a parameter is not decoded; and what
    ///   the type's own decoding throws, where it has one.
    init<Arguments: ToolArguments>(of type: Arguments.Type) throws {
        var keys: [String: String] = [:]
        for (label, parameter) in Self.properties(of: try Arguments(from: ParameterDecoder(type, nil))) {
            keys[label] = parameter.key
        }
        parameters = try Self.properties(of: Arguments()).map { label, parameter in
            guard let key = keys[label] else {
                throw ModelSetupError("\(type).\(label.drop { $0 == "_" }) is not decoded: it has no coding key")
            }
            return (key, parameter)
        }
    }

    private static func properties(of arguments: some ToolArguments) -> [(String, any DeclaredParameter)] {
        Mirror(reflecting: arguments).children.compactMap { label, value in
            guard let label, let parameter = value as? any DeclaredParameter else { return nil }
            return (label, parameter)
        }
    }
}
