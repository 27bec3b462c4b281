import LoggingServices

/// What stays of the log, as `LOG_KEEP` says it: `14` files, `30d`, or `14,30d` for both.
enum LogKeepText {
    private static let files = IntegerRule(range: 0...10_000)
    private static let ages = DurationRule(range: .seconds(3600) ... .seconds(3650 * 86_400), written: ("1h", "3650d"))

    /// What is allowed, as the rest of a sentence.
    static let sentence =
        "must be a number of files from 0 to 10000, an age from 1h to 3650d, or both with a comma, such as 14, 30d or 14,30d"

    /// Takes what the text says into the rules. An age alone allows as many files as it takes.
    static func read(_ text: String, into rules: inout LogFileRules) throws(ConfigurationVariable.Fault) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else { throw .init(problem: "has more than two parts") }
        rules.keptFiles = files.range.upperBound
        for (place, part) in parts.enumerated() {
            if place == 0, part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                rules.keptFiles = try files.read(part)
            } else if place == parts.count - 1 {
                rules.keptTime = try ages.read(part)
            } else {
                throw .init(problem: "has an age before the number")
            }
        }
    }
}
