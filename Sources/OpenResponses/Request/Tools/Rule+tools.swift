import AgentJSON

extension Rule where Value == [JSONObject] {
    /// The tools that a client offers: functions with names of their own, and extensions.
    static var tools: Rule {
        Rule { value throws(RequestFault) in
            let tools = try Rule<[JSON]>.array.read(value).elements(.tool)
            guard tools.count > 1 else { return tools }
            var names: Set<String> = []
            for (index, tool) in tools.enumerated() {
                guard let name = FunctionTool(tool)?.name, !names.insert(name).inserted else { continue }
                throw .invalid("is the name of an earlier tool").inside("name").inside(index)
            }
            return tools
        }
    }
}

extension Rule where Value == JSONObject {
    /// A tool: a function that the client runs, or an extension.
    fileprivate static var tool: Rule {
        Rule { value throws(RequestFault) in
            let tool = try Rule.object.read(value)
            let type = try tool.required("type", .text)
            guard type == "function" else {
                if KnownTypes.isExtension(type) { return tool }
                throw KnownTypes.isForeignTool(type)
                    ? RequestFault.unsupported("is \(type.quoted), a tool that this server does not offer").inside(
                        "type")
                    : RequestFault.invalid("must be 'function', not \(type.quoted)").inside("type")
            }
            try tool.required("name", .functionName)
            try tool.field("description", .text)
            try tool.field("parameters", .object)
            try tool.field("strict", .flag)
            return tool
        }
    }
}

extension Rule where Value == ToolChoice {
    /// Which of the tools may or must be called. Faults name no place within the choice.
    static func choice(among tools: [JSONObject]) -> Rule {
        Rule { value throws(RequestFault) in
            switch value {
            case .string(let word):
                guard let mode = ToolChoice.Mode(rawValue: word) else { break }
                return .any(mode)
            case .object(let object):
                switch object["type"]?.stringValue {
                case "function": return .function(try object.functionName(among: tools.functionNames))
                case "allowed_tools": return try object.allowedTools(among: tools.functionNames)
                default: break
                }
            default:
                break
            }
            throw .invalid("must be 'auto', 'none', 'required', or an object of type 'function' or 'allowed_tools'")
        }
    }
}

extension [JSONObject] {
    fileprivate var functionNames: Set<String> { Set(compactMap { FunctionTool($0)?.name }) }
}

extension JSONObject {
    /// The name of the function that this choice is of.
    fileprivate func functionName(among tools: Set<String>) throws(RequestFault) -> String {
        guard let name = self["name"]?.stringValue else { throw .invalid("must name the function in 'name'") }
        guard tools.contains(name) else {
            throw .invalid("names the function \(name.quoted), which is not among the tools")
        }
        return name
    }

    fileprivate func allowedTools(among tools: Set<String>) throws(RequestFault) -> ToolChoice {
        guard let choices = self["tools"]?.arrayValue, 1...128 ~= choices.count else {
            throw .invalid("must list 1 to 128 'tools'")
        }
        var names: [String] = []
        for choice in choices {
            guard let choice = choice.objectValue, choice["type"]?.stringValue == "function" else {
                throw .invalid("must list tools of type 'function'")
            }
            names.append(try choice.functionName(among: tools))
        }
        switch self["mode"] {
        case nil, .null?:
            return .allowed(names, .auto)
        case let mode?:
            guard let mode = mode.stringValue.flatMap(ToolChoice.Mode.init) else {
                throw .invalid("must have the 'mode' 'auto', 'none' or 'required'")
            }
            return .allowed(names, mode)
        }
    }
}
