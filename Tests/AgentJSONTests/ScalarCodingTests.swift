import AgentJSON
import Testing

/// Every scalar type in every kind of container.
struct ScalarCodingTests {
    @Test("the limits of every scalar type pass through members, elements and single values")
    func limits() throws {
        for value in [Scalars.least, .greatest] {
            let json = try JSON(encoding: value)
            #expect(try json.decode(Scalars.self) == value)
            #expect(try JSON(parsing: json.encoded()).decode(Scalars.self) == value)
            let elements = try JSON(encoding: Elements(scalars: value))
            #expect(elements.arrayValue == json.objectValue?.map(\.value))
            #expect(try elements.decode(Elements.self).scalars == value)
        }
        #expect(try JSON(encoding: Int8.min).decode(Int8.self) == .min)
        #expect(try JSON(encoding: UInt64.max).decode(UInt64.self) == .max)
        #expect(try JSON(encoding: Float.pi).decode(Float.self) == .pi)
        #expect(try JSON(encoding: "x").decode(String.self) == "x")
        #expect(try JSON(encoding: false).decode(Bool.self) == false)
        #expect(try JSON(encoding: String?.none).decode(String?.self) == nil)
    }

    struct Scalars: Codable, Equatable {
        var bool: Bool
        var string: String
        var double: Double
        var float: Float
        var int: Int
        var int8: Int8
        var int16: Int16
        var int32: Int32
        var int64: Int64
        var uint: UInt
        var uint8: UInt8
        var uint16: UInt16
        var uint32: UInt32
        var uint64: UInt64

        static let least = Scalars(
            bool: false,
            string: "",
            double: -.greatestFiniteMagnitude,
            float: .leastNonzeroMagnitude,
            int: .min,
            int8: .min,
            int16: .min,
            int32: .min,
            int64: .min,
            uint: .min,
            uint8: .min,
            uint16: .min,
            uint32: .min,
            uint64: .min
        )

        static let greatest = Scalars(
            bool: true,
            string: "é",
            double: .leastNonzeroMagnitude,
            float: .greatestFiniteMagnitude,
            int: .max,
            int8: .max,
            int16: .max,
            int32: .max,
            int64: .max,
            uint: .max,
            uint8: .max,
            uint16: .max,
            uint32: .max,
            uint64: .max
        )
    }

    /// The same values as the elements of an array.
    struct Elements: Codable {
        var scalars: Scalars

        init(scalars: Scalars) {
            self.scalars = scalars
        }

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            scalars = Scalars(
                bool: try container.decode(Bool.self),
                string: try container.decode(String.self),
                double: try container.decode(Double.self),
                float: try container.decode(Float.self),
                int: try container.decode(Int.self),
                int8: try container.decode(Int8.self),
                int16: try container.decode(Int16.self),
                int32: try container.decode(Int32.self),
                int64: try container.decode(Int64.self),
                uint: try container.decode(UInt.self),
                uint8: try container.decode(UInt8.self),
                uint16: try container.decode(UInt16.self),
                uint32: try container.decode(UInt32.self),
                uint64: try container.decode(UInt64.self)
            )
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(scalars.bool)
            try container.encode(scalars.string)
            try container.encode(scalars.double)
            try container.encode(scalars.float)
            try container.encode(scalars.int)
            try container.encode(scalars.int8)
            try container.encode(scalars.int16)
            try container.encode(scalars.int32)
            try container.encode(scalars.int64)
            try container.encode(scalars.uint)
            try container.encode(scalars.uint8)
            try container.encode(scalars.uint16)
            try container.encode(scalars.uint32)
            try container.encode(scalars.uint64)
        }
    }
}
