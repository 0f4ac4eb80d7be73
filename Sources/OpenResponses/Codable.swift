import AgentJSON

// The views are their JSON: handlers may return them, alone or inside types of their own.

extension Item: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try JSONObject(from: decoder))
    }

    public func encode(to encoder: any Encoder) throws {
        try json.encode(to: encoder)
    }
}

extension StreamEvent: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try JSONObject(from: decoder))
    }

    public func encode(to encoder: any Encoder) throws {
        try json.encode(to: encoder)
    }
}
