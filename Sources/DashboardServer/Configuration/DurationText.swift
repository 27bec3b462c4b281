/// Durations as people write them: a whole number and `ms`, `s`, `m`, `h` or `d`.
public enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// The duration of a text; `nil` for anything that is not written so, or too long to be one.
    public static func duration(_ text: String) -> Duration? {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        guard let count = Int64(String(digits) ?? ""), !digits.isEmpty else { return nil }
        let suffix = text.dropFirst(digits.count)
        guard let unit = units.first(where: { $0.suffix == suffix }) else { return nil }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
        return overflow ? nil : .milliseconds(milliseconds)
    }

    /// The same, with an own complaint about a bare number, the commonest slip.
    static func read(_ text: String) throws(ConfigurationVariable.Fault) -> Duration? {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw .init(problem: "has no unit (write \(text.utf8.count <= 12 ? text : "…")s for seconds)")
        }
        return duration(text)
    }
}
