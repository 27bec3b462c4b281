/// Which whole numbers a variable takes; digits are ASCII digits.
struct IntegerRule: Sendable {
    let range: ClosedRange<Int>

    static let entries = IntegerRule(range: 1...10_000_000)
    static let samples = IntegerRule(range: 1...1_000_000)
    static let ports = IntegerRule(range: 0...65535)
    static let checks = IntegerRule(range: 1...100)
    static let exports = IntegerRule(range: 1...1000)
    static let connections = IntegerRule(range: 1...1_000_000)

    /// What is allowed, as the rest of a sentence.
    var sentence: String { "must be a whole number from \(range.lowerBound) to \(range.upperBound)" }

    /// Reads a number within the range.
    func read(_ text: String) throws(ConfigurationVariable.Fault) -> Int {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .init(problem: "is no whole number") }
        guard let number = Int(text), range.contains(number) else { throw .init(problem: "is out of range") }
        return number
    }
}
