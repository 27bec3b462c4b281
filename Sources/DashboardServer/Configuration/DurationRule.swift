/// Which durations a variable takes: a whole number and a unit, `500ms`, `1s`, `5m`, `2h`, `3650d`.
struct DurationRule: Sendable {
    let range: ClosedRange<Duration>
    /// The ends of the range as they would be written.
    let written: (String, String)

    static let timeouts = DurationRule(range: .milliseconds(10) ... .seconds(60), written: ("10ms", "60s"))
    static let lifetimes = DurationRule(range: .milliseconds(1) ... .seconds(3650 * 86_400), written: ("1ms", "3650d"))
    static let requests = DurationRule(range: .seconds(1) ... .seconds(3600), written: ("1s", "1h"))
    static let idling = DurationRule(range: .seconds(1) ... .seconds(86_400), written: ("1s", "1d"))
    static let spacings = DurationRule(range: .zero ... .seconds(86_400), written: ("0s", "1d"))
    /// What is kept for a while; `0` stands for not at all.
    static let retentions = DurationRule(range: .zero ... .seconds(36_500 * 86_400), written: ("0", "36500d"))

    /// What is allowed, as the rest of a sentence.
    var sentence: String { "must be a duration from \(written.0) to \(written.1), such as 500ms, 1s, 5m, 2h or 30d" }

    /// Reads a duration within the range.
    func read(_ text: String) throws(ConfigurationVariable.Fault) -> Duration {
        guard let duration = try DurationText.read(text) else { throw .init(problem: "is no duration") }
        guard range.contains(duration) else { throw .init(problem: "is out of range") }
        return duration
    }
}
