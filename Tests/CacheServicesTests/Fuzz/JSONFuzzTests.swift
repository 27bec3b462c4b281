import Foundation
import RedisTesting
import Testing

@testable import CacheServices

/// The JSON reader and writer against anything.
@Suite(.timeLimit(.minutes(30))) struct JSONFuzzTests {
    static let seeds = [
        #"{"a":1,"b":[true,false,null],"c":{"d":"e\n\u00e9\ud83d\ude00"}}"#, "[[[[[[[[1]]]]]]]]", "-0.0e+10", #""\\\/\b\f\n\r\t\"""#,
        "  {} ", "123456789012345678", "9007199254740993", "1.7976931348623157e308", "5e-324", #"{"":{"":[]}}"#, "[1,2,3,4.5,-6e7]",
    ]
    static let words = ["{\"a\":", "\":", "[", "]", "{", "}", "\\u", "\\ud800", "1e400", "01", "+1", ".5", "1.", "//", "tru", "\u{7f}"]

    @Test func `what is read is written so that it is read again as the same`() throws {
        for input in FuzzInputs(Self.seeds, words: Self.words) {
            guard let value = try? JSONParser.parse(input, duplicateKeys: .lastWins) else { continue }
            let written = JSONWriter.bytes(value)
            let again = try JSONParser.parse(written)
            #expect(JSONWriter.bytes(again) == written, "\(input.fuzzed)")
            #expect(String(validating: written, as: UTF8.self) != nil, "\(input.fuzzed)")
        }
    }

    /// The other way round Foundation reads more: other encodings, repeated names, halves of characters.
    @Test func `what is read, Foundation reads as the same`() throws {
        for input in FuzzInputs(Self.seeds, words: Self.words, seed: 2) {
            guard let value = try? JSONParser.parse(input, duplicateKeys: .lastWins) else { continue }
            let reference = try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
            #expect(reference.map { Self.isSame(value, $0) } ?? false, "\(input.fuzzed)")
        }
    }

    @Test func `a number is the one that Swift reads`() {
        let seeds = ["0", "-0.0e+10", "9007199254740993", "1.7976931348623157e308", "5e-324", "0.1", "123456789012345678"]
        for input in FuzzInputs(seeds, words: ["e", ".", "-", "+", "00", "e308", "e-400"], seed: 4, longest: 400) {
            guard case .number(let number)? = try? JSONParser.parse(input) else { continue }
            let text = String(decoding: input, as: UTF8.self).filter { !$0.isWhitespace }
            #expect(Double(text) == number.value, "\(input.fuzzed)")
        }
    }

    @Test func `what is refused says where, within the text`() {
        for input in FuzzInputs(Self.seeds, words: Self.words, seed: 3) {
            do throws(JSONParseError) {
                let strict = try JSONParser.parse(input)
                // A stricter reading accepts nothing that the laxer one does not.
                #expect((try? JSONParser.parse(input, duplicateKeys: .lastWins)) == strict, "\(input.fuzzed)")
            } catch {
                #expect((0...input.count).contains(error.offset), "\(input.fuzzed)")
            }
        }
    }

    private static func isSame(_ value: JSONValue, _ reference: Any) -> Bool {
        switch value {
        case .null: reference is NSNull
        case .bool(let flag): (reference as? NSNumber)?.boolValue == flag
        // Foundation takes many digits for a decimal number first, and rounds twice.
        case .number(let number): (reference as? NSNumber).map { abs($0.doubleValue - number.value) <= abs(number.value) * 1e-14 } ?? false
        case .string(let text): (reference as? String).map { Array($0.utf8) == Array(text.utf8) } ?? false
        case .array(let elements):
            (reference as? [Any]).map { $0.count == elements.count && zip(elements, $0).allSatisfy(isSame) } ?? false
        case .object(let members):
            // Names that Swift takes for the same are one to Foundation.
            (reference as? [String: Any]).map { named in
                named.count == Set(members.map(\.name)).count
                    && members.allSatisfy { member in
                        members.count { $0.name == member.name } > 1 || named[member.name].map { isSame(member.value, $0) } ?? false
                    }
            } ?? false
        }
    }
}
