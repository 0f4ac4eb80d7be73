/// A key of an object, or the place of an element in an array.
struct MemberKey: CodingKey {
    var stringValue: String
    var intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init(intValue: Int) {
        stringValue = "\(intValue)"
        self.intValue = intValue
    }

    /// The key under which a class keeps the fields of its superclass.
    static let `super` = MemberKey(stringValue: "super")
}
