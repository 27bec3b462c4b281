import Testing

@testable import CacheServices

@Suite struct CustomMetricValueTests {
    @Test(arguments: ["0", "-1.5", "45", "1e-05", #""""#, #""risk on""#, #""line\nbreak \u0000 ñ""#])
    func readsWhatItWrites(text: String) throws {
        let value = try CustomMetricValue(strict: Array(text.utf8))
        #expect(value.json == Array(text.utf8))
        #expect(try CustomMetricValue(stored: value.json) == value)
    }

    @Test(arguments: ["null", "true", "[]", "[1]", "{}", #"{"value":1}"#])
    func onlyNumbersAndTextsAreValues(text: String) throws {
        let error = try #require(throws: ValidationError.self) { try CustomMetricValue(strict: Array(text.utf8)) }
        #expect(error.problems.map(\.code) == [.wrongType])
        #expect(throws: ValidationError.self) { try CustomMetricValue(stored: Array(text.utf8)) }
    }

    @Test(arguments: ["", "NaN", "1e999", "risk on", "\"a", "1 2", "\"\u{1}\""])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: JSONParseError.self) { try CustomMetricValue(strict: Array(text.utf8)) }
        #expect(throws: JSONParseError.self) { try CustomMetricValue(stored: Array(text.utf8)) }
    }

    @Test func textsAreLimitedInBytes() throws {
        #expect(try CustomMetricValue(String(repeating: "ñ", count: 2048)).json.count == 4098)
        let error = try #require(throws: ValidationError.self) { try CustomMetricValue(String(repeating: "ñ", count: 2049)) }
        #expect(error.problems.map(\.code) == [.outOfRange])
        #expect(throws: ValidationError.self) { try CustomMetricValue(strict: .string(String(repeating: "x", count: 65_536))) }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func numbersMustBeFinite(value: Double) {
        #expect(throws: ValidationError.self) { try CustomMetricValue(value) }
    }
}
