package import AgentJSON
package import Tracing

extension JSON {
    /// The value of an attribute of swift-distributed-tracing.
    package init(_ attribute: SpanAttribute) {
        switch attribute {
        case .int32(let value): self = JSON(integerLiteral: Int(value))
        case .int64(let value): self = JSON(integerLiteral: Int(value))
        case .double(let value): self = JSON(floating: value)
        case .bool(let value): self = .bool(value)
        case .string(let value): self = .string(value)
        case .stringConvertible(let value): self = .string(value.description)
        case .int32Array(let values): self = .array(values.map { JSON(integerLiteral: Int($0)) })
        case .int64Array(let values): self = .array(values.map { JSON(integerLiteral: Int($0)) })
        case .doubleArray(let values): self = .array(values.map { JSON(floating: $0) })
        case .boolArray(let values): self = .array(values.map { .bool($0) })
        case .stringArray(let values): self = .array(values.map { .string($0) })
        case .stringConvertibleArray(let values): self = .array(values.map { .string($0.description) })
        default: self = .null
        }
    }

    /// A number; the text of what is none in JSON, which MLflow's pages could not read.
    private init(floating value: Double) {
        self = value.isFinite ? JSON(floatLiteral: value) : .string(value.isNaN ? "nan" : value < 0 ? "-inf" : "inf")
    }
}

extension JSONObject {
    /// The attributes of an event or a link, in the order of their names: they have none of their own.
    package init(_ attributes: SpanAttributes) {
        var members: [(key: String, value: JSON)] = []
        attributes.forEach { key, value in members.append((key, JSON(value))) }
        self.init(members.sorted { $0.key < $1.key })
    }
}

extension SpanAttribute {
    /// A simple value as an attribute; `nil` for arrays, objects and nothing.
    package init?(_ value: JSON) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .string(let value): self = .string(value)
        case .number(let number):
            if let value = number.int { self = .int64(Int64(value)) } else { self = .double(number.double) }
        case .null, .array, .object: return nil
        }
    }
}
