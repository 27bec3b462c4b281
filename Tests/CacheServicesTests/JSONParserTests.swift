import Testing

@testable import CacheServices

@Suite struct JSONParserTests {
    @Test(
        arguments: [
            ("null", JSONValue.null),
            (" \t\r\n true ", true),
            ("false", false),
            ("0", 0),
            ("-12", -12),
            ("1.5e3", 1500),
            ("1E-2", 0.01),
            ("0.1", 0.1),
            ("4285.5", 4285.5),
            ("123456789.123456789", 123_456_789.123456789),
            ("5e-324", .finite(.leastNonzeroMagnitude)),
            ("1.7976931348623157e308", 1.7976931348623157e308),
            ("1e-999999999999999999999", 0),
            ("[]", []),
            ("{}", [:]),
            ("[1, [2], {\"a\" : null}]", [1, [2], ["a": .null]]),
            (#"{"b":1,"a":{"c":[]}}"#, ["b": 1, "a": ["c": []]]),
            (#""a\"\\\/\b\f\n\r\té""#, "a\"\\/\u{8}\u{C}\n\r\té"),
            (#""\ud83d\ude00 \u0000""#, "😀 \0"),
            ("\"peso – ñ 😀\"", "peso – ñ 😀"),
        ] as [(String, JSONValue)])
    func readsWhatTheGrammarAllows(text: String, expected: JSONValue) throws {
        #expect(try JSONParser.parse(Array(text.utf8)) == expected)
    }

    @Test(
        arguments: [
            ("", .empty, 0),
            (" \n ", .empty, 3),
            ("nul", .unexpectedEnd, 3),
            ("nulL", .unexpectedCharacter, 3),
            ("NaN", .unexpectedCharacter, 0),
            ("Infinity", .unexpectedCharacter, 0),
            ("\u{FEFF}{}", .unexpectedCharacter, 0),
            ("[1,]", .unexpectedCharacter, 3),
            ("[1 2]", .unexpectedCharacter, 3),
            ("[1", .unexpectedEnd, 2),
            ("{\"a\":1,}", .unexpectedCharacter, 7),
            ("{\"a\" 1}", .unexpectedCharacter, 5),
            ("{a:1}", .unexpectedCharacter, 1),
            ("{'a':1}", .unexpectedCharacter, 1),
            ("{1:1}", .unexpectedCharacter, 1),
            ("{", .unexpectedEnd, 1),
            ("/* */1", .unexpectedCharacter, 0),
            ("1 1", .trailingContent, 2),
            ("{}}", .trailingContent, 2),
            ("1\0", .trailingContent, 1),
            ("01", .invalidNumber, 0),
            ("-", .unexpectedEnd, 1),
            ("-a", .invalidNumber, 0),
            ("+1", .unexpectedCharacter, 0),
            (".5", .unexpectedCharacter, 0),
            ("1.", .unexpectedEnd, 2),
            ("[1.]", .invalidNumber, 1),
            ("1e", .unexpectedEnd, 2),
            ("[1e+]", .invalidNumber, 1),
            ("0x10", .trailingContent, 1),
            ("١٢", .unexpectedCharacter, 0),
            ("1٢", .trailingContent, 1),
            ("1e309", .numberOutOfRange, 0),
            ("[-1e999999999999999999999]", .numberOutOfRange, 1),
            ("\"a", .unexpectedEnd, 2),
            ("\"a\nb\"", .controlCharacter, 2),
            ("\"a\\n\0\"", .controlCharacter, 4),
            (#""\x41""#, .invalidEscape, 1),
            (#""\u12g4""#, .invalidEscape, 1),
            (#""\u12"#, .unexpectedEnd, 5),
            (#""\"#, .unexpectedEnd, 2),
            (#""\ud800""#, .loneSurrogate, 1),
            (#""\ude00""#, .loneSurrogate, 1),
            (#""\ud800\ud800""#, .loneSurrogate, 1),
            (#""\ud800A""#, .loneSurrogate, 1),
            (#"{"a":1,"a":2}"#, .duplicateKey, 7),
            (#"{"a":1,"\u0061":2}"#, .duplicateKey, 7),
        ] as [(String, JSONParseError.Code, Int)])
    func refusesEverythingElseAndSaysWhere(text: String, code: JSONParseError.Code, offset: Int) {
        #expect(throws: JSONParseError(code, at: offset)) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0x80],
            [0xC3],
            [0xC0, 0xAF],
            [0xC1, 0xBF],
            [0xE0, 0x80, 0xAF],
            [0xED, 0xA0, 0x80],
            [0xE2, 0x82],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80],
            [0xFF],
            [0xC3, 0x28],
        ] as [[UInt8]])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONParseError(.invalidUTF8, at: 1)) { try JSONParser.parse([quote] + bytes + [quote]) }
        #expect(throws: JSONParseError(.invalidUTF8, at: 3)) { try JSONParser.parse(Array(#""\n"#.utf8) + bytes + [quote]) }
        #expect(throws: JSONParseError.self) { try JSONParser.parse(bytes) }
    }

    @Test func acceptsEveryScalarInAString() throws {
        for value in stride(from: UInt32(0x20), through: 0x10FFFF, by: 61) {
            guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
            #expect(try JSONParser.parse(Array("\"\(scalar)\"".utf8)).text?.unicodeScalars.first == scalar)
        }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func nestingBeyondTheLimitIsRefusedAtTheFirstLevelTooMuch(opening: String) {
        let bytes = Array(String(repeating: opening, count: 100_000).utf8)
        #expect(throws: JSONParseError(.tooDeep, at: 32 * opening.utf8.count)) { try JSONParser.parse(bytes) }
        #expect(throws: JSONParseError(.tooDeep, at: 256 * opening.utf8.count)) { try JSONParser.parse(bytes, maximumDepth: .max) }
        #expect(throws: JSONParseError(.tooDeep, at: 0)) { try JSONParser.parse(bytes, maximumDepth: -1) }
    }

    @Test func nestingUpToTheLimitIsRead() throws {
        let text = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(try JSONWriter.bytes(JSONParser.parse(Array(text.utf8))) == Array(text.utf8))
    }

    @Test func lenientlyTheLastOfRepeatedNamesWins() throws {
        let value = try JSONParser.parse(Array(#"{"a":1,"b":2,"a":3}"#.utf8), duplicateKeys: .lastWins)
        #expect(value == ["a": 3, "b": 2])
    }

    @Test func namesAreComparedByteForByte() throws {
        let value = try JSONParser.parse(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
        #expect(value.members?.count == 2)
    }

    @Test(arguments: [2, 15, 16, 17, 18, 5000])
    func repeatedNamesAreFoundInObjectsOfAnySize(count: Int) throws {
        let members = (0..<count).map { "\"n\($0)\":\($0)" }
        let whole = "{" + members.joined(separator: ",") + "}"
        #expect(try JSONParser.parse(Array(whole.utf8)).members?.count == count)
        let repeated = Array(("{" + members.joined(separator: ",") + ",\"n0\":-1}").utf8)
        #expect(throws: JSONParseError(.duplicateKey, at: whole.utf8.count)) { try JSONParser.parse(repeated) }
        let lenient = try JSONParser.parse(repeated, duplicateKeys: .lastWins)
        #expect(lenient.members?.count == count)
        #expect(lenient["n0"] == -1)
    }

    @Test func longTextsAndNumbersAreRead() throws {
        let text = String(repeating: "ñ", count: 65_536)
        #expect(try JSONParser.parse(Array("\"\(text)\"".utf8)).text == text)
        #expect(try JSONParser.parse(Array(("0." + String(repeating: "3", count: 65_536)).utf8)).double == 1.0 / 3)
        #expect(throws: JSONParseError(.numberOutOfRange, at: 0)) {
            try JSONParser.parse(Array(repeating: UInt8(ascii: "9"), count: 65_536))
        }
    }

    @Test func integersOf64BitsKeepTheirDigits() throws {
        for text in ["9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808", "1736937000000000000"] {
            #expect(try JSONParser.parse(Array(text.utf8)) == .number(JSONNumber(try #require(Int64(text)))))
            #expect(try JSONWriter.bytes(JSONParser.parse(Array(text.utf8))) == Array(text.utf8))
        }
    }

    @Test func borrowedBytesAreReadInPlace() throws {
        let bytes = Array("[1]".utf8)
        #expect(try bytes.withUnsafeBytes { try JSONParser.parse($0) } == [1])
        #expect(throws: JSONParseError(.empty, at: 0)) { try JSONParser.parse(UnsafeRawBufferPointer(start: nil, count: 0)) }
    }
}
