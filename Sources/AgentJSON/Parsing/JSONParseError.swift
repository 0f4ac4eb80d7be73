/// Why a text is not a JSON document, and where.
///
/// The message and position are those of Python's `json` module wherever it refuses the same text.
public struct JSONParseError: Error, Sendable {
    /// What is wrong.
    public var code: Code
    /// The place of the mistake, in bytes from the start of the input.
    public var offset: Int
    /// The line of the mistake, from 1.
    public var line: Int
    /// The column of the mistake in Unicode scalars, from 1.
    public var column: Int
    /// The place of the mistake in Unicode scalars from 0, a byte order mark not counted.
    public var characterOffset: Int
}

extension JSONParseError {
    /// A kind of mistake.
    public struct Code: Hashable, Sendable {
        let text: String

        /// A value should start here, and doesn't.
        public static let emptyOrExpectedValue = Code(text: "Expecting value")
        /// The key of a member should start here.
        public static let expectedKey = Code(text: "Expecting property name enclosed in double quotes")
        /// A colon should follow the key.
        public static let expectedColon = Code(text: "Expecting ':' delimiter")
        /// A comma or the end of the container should follow the value.
        public static let expectedComma = Code(text: "Expecting ',' delimiter")
        /// There is more after the document.
        public static let extraData = Code(text: "Extra data")
        /// A text that starts here has no end.
        public static let unterminatedString = Code(text: "Unterminated string starting at")
        /// A text contains a character below U+0020.
        public static let controlCharacter = Code(text: "Invalid control character at")
        /// A backslash is followed by a character that makes no escape.
        public static let invalidEscape = Code(text: "Invalid \\escape")
        /// `\u` isn't followed by four hexadecimal digits.
        public static let invalidUnicodeEscape = Code(text: "Invalid \\uXXXX escape")
        /// An escape stands for half of a surrogate pair, which isn't a character.
        public static let loneSurrogate = Code(text: "Unpaired surrogate escape at")
        /// The bytes aren't UTF-8.
        public static let invalidUTF8 = Code(text: "Invalid UTF-8 at")
        /// Containers are nested more deeply than the caller allows.
        public static let tooDeep = Code(text: "Nested too deeply at")
        /// A number with a fraction or exponent is too large for a double.
        public static let numberOutOfRange = Code(text: "Number out of range at")
        /// The document has 2 GiB or more.
        public static let tooLarge = Code(text: "Document too large")
    }
}

extension JSONParseError: CustomStringConvertible {
    /// What is wrong and where, as in "Expecting value: line 1 column 1 (char 0)".
    public var message: String {
        "\(code.text): line \(line) column \(column) (char \(characterOffset))"
    }

    /// The message.
    public var description: String { message }
}

/// What the parser knows of a mistake; the position a person reads is worked out only for the caller.
struct ParseFailure: Error {
    var code: JSONParseError.Code
    var offset: Int
}

extension JSONParseError {
    /// Works out the position of a mistake.
    ///
    /// As in Python, where a document is decoded before it is parsed, ill-formed UTF-8 anywhere in the document
    /// counts before any mistake of grammar.
    init(_ failure: ParseFailure, in bytes: UnsafeBufferPointer<UInt8>) {
        code = failure.code
        offset = failure.offset
        if code != .tooLarge, let invalid = UTF8Sequence.firstError(bytes) {
            code = .invalidUTF8
            offset = invalid
        }
        line = 1
        column = 1
        characterOffset = 0
        for byte in bytes[..<offset].dropFirst(TapeParser.byteOrderMarkLength(bytes)) where byte & 0xC0 != 0x80 {
            characterOffset += 1
            column += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            }
        }
    }
}
