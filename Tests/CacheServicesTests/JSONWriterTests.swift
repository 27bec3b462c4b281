import Testing

@testable import CacheServices

@Suite struct JSONWriterTests {
    @Test(arguments: [
        (0.0, "0"),
        (-0.0, "0"),
        (45.0, "45"),
        (-45.0, "-45"),
        (0.82, "0.82"),
        (4285.5, "4285.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1e15, "1000000000000000"),
        (9_007_199_254_740_992, "9007199254740992"),
        (-9_007_199_254_740_992, "-9007199254740992"),
        (9_007_199_254_740_994, "9007199254740994"),
        (1e18, "1000000000000000000"),
        (9_223_372_036_854_775_808, "9.223372036854776e+18"),
        (-9_223_372_036_854_775_808, "-9223372036854775808"),
        (1e21, "1e+21"),
        (.leastNonzeroMagnitude, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
    ])
    func numbersHaveTheirShortestText(value: Double, text: String) throws {
        let number = try #require(JSONNumber(value))
        #expect(number.text == text)
        #expect(try JSONParser.parse(Array(text.utf8)) == .number(number))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func thereIsNoNumberForWhatJSONCannotSay(value: Double) {
        #expect(JSONNumber(value) == nil)
        #expect(JSONValue.finite(value) == .null)
    }

    @Test func equalNumbersAreEqualHoweverTheyWereMade() {
        #expect(JSONNumber(45) == JSONNumber(45.0))
        #expect(JSONNumber(0.0) == JSONNumber(-0.0))
        #expect(JSONNumber(Int.max).integer == Int.max)
        #expect(JSONNumber(1e300)?.integer == nil)
        #expect(JSONNumber(0.5)?.integer == nil)
    }

    @Test(arguments: [
        ("plain", #""plain""#),
        ("", #""""#),
        ("a\"b\\c/d", #""a\"b\\c/d""#),
        ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
        ("\0\u{1}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u001f\u{7F}\""),
        ("ñ – 😀 \u{2028}", "\"ñ – 😀 \u{2028}\""),
    ])
    func onlyWhatMustBeEscapedIs(text: String, json: String) throws {
        #expect(JSONWriter.bytes(.string(text)) == Array(json.utf8))
        #expect(try JSONParser.parse(Array(json.utf8)) == .string(text))
    }

    @Test(
        arguments: [
            (.null, "null"),
            ([true, false, .null, []], "[true,false,null,[]]"),
            (["b": 1, "a": ["d": 2, "c": [:]]], #"{"a":{"c":{},"d":2},"b":1}"#),
            (["é": 1, "z": 2, "😀": 3, "Z": 4, "\u{FFFD}": 5, "": 6], "{\"\":6,\"Z\":4,\"z\":2,\"é\":1,\"\u{FFFD}\":5,\"😀\":3}"),
            (["ab": 1, "a": 2], #"{"a":2,"ab":1}"#),
        ] as [(JSONValue, String)])
    func objectsAreSortedByTheBytesOfTheirNamesWithoutSpace(value: JSONValue, json: String) {
        #expect(JSONWriter.bytes(value) == Array(json.utf8))
    }

    @Test func whatIsReadAndWrittenAgainStaysTheSame() throws {
        let first = try JSONWriter.bytes(JSONParser.parse(Array(#" { "b" : [ 1.50 , 2E2 ], "a" : "\u00f1\/" } "#.utf8)))
        #expect(first == Array(#"{"a":"ñ/","b":[1.5,200]}"#.utf8))
        #expect(try JSONWriter.bytes(JSONParser.parse(first)) == first)
    }

    @Test func bytesAreAppended() {
        var bytes = Array("data: ".utf8)
        JSONWriter.write([1], into: &bytes)
        #expect(bytes == Array("data: [1]".utf8))
    }
}
