import Foundation
import RedisTesting
import Testing

@testable import CacheServices

/// What is read from Redis and from outside is a value or an error, and a value is written as it is read.
@Suite(.timeLimit(.minutes(30))) struct StoredValueFuzzTests {
    static let signal =
        #"{"action":"BUY","confidence":0.87,"execution_latency_ms":45,"features":{"macd":-12.4,"rsi_14":61.3},"#
        + #""model_version":"v2.1.0","price":4285.5,"signal_id":"sig-1","symbol":"USDCOP","timestamp":"2025-01-15T10:30:00.000Z"}"#
    static let position =
        #"{"current_price":4262.5,"entry_price":4250,"entry_time":"2025-01-15T10:30:00.000Z","pnl":12.5,"#
        + #""pnl_percent":0.29,"position_id":"pos-1","quantity":1,"status":"OPEN","symbol":"USDCOP"}"#
    static let metrics = #"{"timestamp":"2025-01-15T10:30:00.000Z","total_pnl":1250.75,"total_trades":42,"win_rate":0.5}"#
    private static let words = [
        #""symbol":"#, #""confidence":1e308"#, #""features":{}"#, #","x":[]"#, "SELL", "CLOSED", "2025-02-30T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00-23:59",
    ]

    @Test func `a signal`() throws {
        for input in FuzzInputs([Self.signal, #"{"signal":{}}"#, "[]"], words: Self.words) {
            if let strict = try? Signal(strict: input) {
                #expect(try Signal(stored: strict.json) == strict, "\(input.fuzzed)")
                #expect(try Signal(strict: strict.json).json == strict.json, "\(input.fuzzed)")
            }
            if let stored = try? Signal(stored: input) {
                #expect(try Signal(stored: stored.json).json == stored.json, "\(input.fuzzed)")
                #expect(stored.price > 0 && (0...1).contains(stored.confidence) && stored.features.count <= 256, "\(input.fuzzed)")
            }
        }
    }

    @Test func `a position, metrics, a custom metric`() throws {
        for input in FuzzInputs([Self.position, Self.metrics, "1.5", #""risk on""#], words: Self.words) {
            if let position = try? Position(stored: input) {
                #expect(try Position(stored: position.json).json == position.json, "\(input.fuzzed)")
            }
            if let metrics = try? FinancialMetrics(stored: input) {
                #expect(try FinancialMetrics(stored: metrics.json).json == metrics.json, "\(input.fuzzed)")
            }
            _ = try? Position(strict: input)
            _ = try? FinancialMetrics(strict: input)
        }
    }

    @Test func `a time is read as Foundation reads it, and written as it is read`() throws {
        let seeds = [
            "2025-01-15T10:30:00.000Z", "2024-02-29T23:59:59+05:30", "1970-01-01T00:00:00z", "0001-01-01T00:00:00.1Z",
            "9999-12-31t23:59:59.999999999-00:00",
        ]
        for input in FuzzInputs(seeds, words: ["-", "T", "Z", "+", "60", "24", "02-29", "02-30", "٣"]) {
            let text = String(decoding: input, as: UTF8.self)
            guard let time = Timestamp(iso8601: text) else { continue }
            #expect(Timestamp(iso8601: time.iso8601) == time, "\(input.fuzzed)")
            // Before 1583 Foundation counts by the Julian calendar.
            let whole = text.replacing(/\.[0-9]+/, with: "").uppercased()
            guard time.iso8601 >= "1583", let date = try? Date(whole, strategy: .iso8601) else { continue }
            let seconds = Int64(date.timeIntervalSince1970)
            #expect((0..<1000).contains(time.milliseconds - seconds * 1000), "\(input.fuzzed)")
        }
    }

    @Test func `names and identities`() throws {
        let seeds = [
            "USDCOP", "1736937000000-0", "vol:30d", "usdcop", "{usdcop}", "latency p95", "18446744073709551615-18446744073709551615",
        ]
        for input in FuzzInputs(seeds, words: ["-", ":", "*", "\u{0}", "A"]) {
            let text = String(decoding: input, as: UTF8.self)
            if let symbol = try? Symbol(text) {
                #expect(symbol.rawValue.wholeMatch(of: /[A-Z0-9][A-Z0-9._\/-]{0,31}/) != nil, "\(input.fuzzed)")
            }
            if let name = try? MetricName(text) {
                #expect(name.rawValue.wholeMatch(of: /[A-Za-z0-9._:\/ -]{1,64}/) != nil, "\(input.fuzzed)")
            }
            if let name = try? OperationName(text) {
                #expect(name.rawValue.wholeMatch(of: /[A-Za-z0-9._:\/ -]{1,64}/) != nil, "\(input.fuzzed)")
            }
            if let space = try? Namespace(text) {
                #expect(space.rawValue.wholeMatch(of: /[a-z0-9{}][a-z0-9_{}-]{0,31}/) != nil, "\(input.fuzzed)")
            }
            if let id = StreamID(text) { #expect(StreamID("\(id)") == id, "\(input.fuzzed)") }
        }
    }

    /// Redis' own function, as its source has it, tried step by step.
    @Test func `a pattern matches what its plain reading matches`() {
        let seeds = ["a*b", "signal:history:*", "[a-c]?", "[^x]*", "\\*", "[a\\]b]", "***a", "[", "[z-a]x"]
        let texts = ["", "a", "ab", "aXXb", "signal:history:USDCOP", "b?", "*", "]", "abcabcabc", "x"].map { Array($0.utf8) }
        for input in FuzzInputs(seeds, words: ["*", "?", "[", "]", "^", "-", "\\"], share: 0.5, longest: 24) {
            for text in texts {
                #expect(Glob(input).matches(text) == Self.matches(input[...], text[...]), "\(input.fuzzed) \(text.fuzzed)")
            }
        }
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case UInt8(ascii: "*"):
            let rest = pattern.drop { $0 == UInt8(ascii: "*") }
            return rest.isEmpty || (text.startIndex...text.endIndex).contains { matches(rest, text[$0...]) }
        case UInt8(ascii: "?"): return !text.isEmpty && matches(pattern.dropFirst(), text.dropFirst())
        case UInt8(ascii: "["):
            guard let byte = text.first else { return false }
            var rest = pattern.dropFirst()
            let isNegated = rest.first == UInt8(ascii: "^")
            if isNegated { rest = rest.dropFirst() }
            var isMember = false
            while let head = rest.first, head != UInt8(ascii: "]") {
                if head == UInt8(ascii: "\\"), rest.count >= 2 {
                    rest = rest.dropFirst()
                    isMember = isMember || rest.first == byte
                    rest = rest.dropFirst()
                } else if rest.count >= 3, rest[rest.startIndex + 1] == UInt8(ascii: "-") {
                    let ends = [head, rest[rest.startIndex + 2]].map { Int8(bitPattern: $0) }.sorted()
                    isMember = isMember || (ends[0]...ends[1]).contains(Int8(bitPattern: byte))
                    rest = rest.dropFirst(3)
                } else {
                    isMember = isMember || head == byte
                    rest = rest.dropFirst()
                }
            }
            return isMember != isNegated && matches(rest.dropFirst(), text.dropFirst())
        case UInt8(ascii: "\\") where pattern.count >= 2:
            return text.first == pattern[pattern.startIndex + 1] && matches(pattern.dropFirst(2), text.dropFirst())
        default: return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
        }
    }
}
