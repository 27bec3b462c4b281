/// How many requests one client may make: a rate, and how many of them at once (`1000/s burst 2000`).
public struct RateLimit: Sendable, Hashable {
    /// What the rate counts in.
    public enum Period: String, Sendable, CaseIterable {
        case second = "s"
        case minute = "m"
        case hour = "h"

        var microseconds: Double {
            switch self {
            case .second: 1e6
            case .minute: 60e6
            case .hour: 3600e6
            }
        }
    }

    /// Requests in a period.
    public let count: Int
    public let period: Period
    /// Requests that may come at once after silence.
    public let burst: Int

    static let counts = 1...100_000
    static let bursts = 1...1_000_000
    /// What holds unless something else is configured.
    public static let standard = RateLimit(count: 1000, per: .second, burst: 2000)

    private init(count: Int, per period: Period, burst: Int) {
        (self.count, self.period, self.burst) = (count, period, burst)
    }

    /// - Returns: nil unless there are 1–100,000 requests in a period and 1–1,000,000 at once.
    public init?(_ count: Int, per period: Period, burst: Int) {
        guard Self.counts.contains(count), Self.bursts.contains(burst) else { return nil }
        self.init(count: count, per: period, burst: burst)
    }

    /// Reads `1000/s`, `60/m burst 10`; without a burst a whole period's requests may come at once.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 1 || words.count == 3 && words[1] == "burst" else { return nil }
        let parts = words[0].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Self.number(parts[0]), let period = Period(rawValue: String(parts[1])) else { return nil }
        guard let burst = words.count == 1 ? count : Self.number(words[2]) else { return nil }
        self.init(count, per: period, burst: burst)
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    /// Microseconds from one request to the next at the rate.
    var interval: Double { period.microseconds / Double(count) }

    /// The value of `RateLimit-Policy`: what may come within how many seconds without ever being refused.
    var policy: String {
        "\"\(Self.policyName)\";q=\(burst);w=\(max(1, Int((Double(burst) * interval / 1e6).rounded(.up))))"
    }

    static let policyName = "client"
}

extension RateLimit: CustomStringConvertible {
    /// As it is written in a configuration.
    public var description: String { "\(count)/\(period.rawValue) burst \(burst)" }
}
