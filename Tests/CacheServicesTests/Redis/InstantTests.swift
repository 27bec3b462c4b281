import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    /// The script orders times that other programs wrote; it must read them as Swift does.
    @Suite struct InstantTests {}
}

extension Live.InstantTests {
    /// Times as other programs might write them, right and wrong ones, the same in every run.
    private struct Times {
        private var state: UInt64 = 0x5eed

        private mutating func number(_ range: ClosedRange<Int>) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return range.lowerBound + Int((state >> 33) % UInt64(range.count))
        }

        private func padded(_ number: Int, _ digits: Int = 2) -> String {
            String(repeating: "0", count: max(0, digits - String(number).count)) + String(number)
        }

        mutating func next() -> String {
            let isOdd = number(0...9) == 0
            let date = [
                padded(number(isOdd ? 0...9999 : 1990...2026), 4), padded(number(isOdd ? 0...13 : 1...12)),
                padded(number(isOdd ? 0...32 : 1...31)),
            ]
            let time = [
                padded(number(isOdd ? 0...25 : 0...23)), padded(number(isOdd ? 0...61 : 0...59)), padded(number(isOdd ? 0...61 : 0...59)),
            ]
            let digits = number(0...12)
            let fraction = digits == 0 ? "" : "." + (0..<digits).map { _ in String(number(0...3) == 0 ? number(0...9) : 9) }.joined()
            let zone: String
            switch number(0...5) {
            case 0...1: zone = "Z"
            case 2: zone = "z"
            default:
                zone =
                    (number(0...1) == 0 ? "+" : "-") + padded(number(isOdd ? 0...30 : 0...23)) + ":"
                    + padded(number(isOdd ? 0...70 : 0...59))
            }
            return date.joined(separator: "-") + (number(0...9) == 0 ? "t" : "T") + time.joined(separator: ":") + fraction + zone
        }
    }

    private static let odd = [
        "", "Z", "now", "2025-01-15", "2025-01-15T10:30:00", "2025-01-15 10:30:00Z", "2025-01-15T10:30:00.Z", "2025-01-15T10:30:00,5Z",
        "2025-01-15T10:30:00+0500", "2025-01-15T10:30:00Z ", " 2025-01-15T10:30:00Z", "2025-01-15T10:30:00ZZ", "2025-02-29T00:00:00Z",
        "2024-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "0001-01-01T00:00:00Z", "0000-12-31T23:59:59Z",
        "0001-01-01T00:00:00+00:01", "2025-01-15T24:00:00Z", "2025-01-15T10:30:60Z", "2025-01-15T10:30:00.999999999999999999999Z",
    ]

    @Test func `the script reads every time as Swift does`() async throws {
        var times = Times()
        let texts = Self.odd + (0..<600).map { _ in times.next() }
        #expect(texts.count { Timestamp(iso8601: $0) != nil } > 400)
        try await withRedis { cache, _ async throws in
            let signals = SignalCache(cache)
            for text in texts {
                try await cache.set("signal:latest", Signal.foreign("same", at: text))
                let time = Timestamp(iso8601: text)
                guard let time, time < .now else {
                    #expect(try await signals.setLatest(.sample("same")).latest == .replacedUnreadable, "\(text)")
                    continue
                }
                if time > .earliest {
                    #expect(try await signals.setLatest(.sample("same", at: time - .milliseconds(1))).latest == .older, "\(text)")
                }
                #expect(try await signals.setLatest(.sample("samd", at: time)).latest == .older, "\(text)")
                #expect(try await signals.setLatest(.sample("same", at: time)).latest == .stored, "\(text)")
            }
        }
    }
}
