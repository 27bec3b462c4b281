/// Which sizes a variable takes: a whole number and a unit, `64KB`, `100MB`, `1GiB`.
struct SizeRule: Sendable {
    let range: ClosedRange<Int>
    /// The ends of the range as they would be written.
    let written: (String, String)

    static let logFiles = SizeRule(range: 64_000...1_000_000_000_000, written: ("64KB", "1TB"))
    static let headers = SizeRule(range: 1024...1 << 20, written: ("1KiB", "1MiB"))
    static let bodies = SizeRule(range: 1024...16 << 20, written: ("1KiB", "16MiB"))

    /// What is allowed, as the rest of a sentence.
    var sentence: String { "must be a size from \(written.0) to \(written.1), such as 100MB or 1GiB" }

    /// Reads a size within the range.
    func read(_ text: String) throws(ConfigurationVariable.Fault) -> Int {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw .init(problem: "has no unit (write \(text.utf8.count <= 12 ? text : "…")MB for megabytes)")
        }
        guard let bytes = SizeText.bytes(text) else { throw .init(problem: "is no size") }
        guard range.contains(bytes) else { throw .init(problem: "is out of range") }
        return bytes
    }
}
