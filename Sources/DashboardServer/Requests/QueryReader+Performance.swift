import CacheServices

extension QueryReader {
    /// Takes the name of an operation.
    mutating func operation(_ name: String) -> OperationName? {
        guard let text = text(name, .name) else { return nil }
        do throws(ValidationError) {
            return try OperationName(text)
        } catch {
            report(name, .malformed, error.problems.first?.sentence ?? "must be a name")
            return nil
        }
    }

    /// Takes a time in milliseconds, 0 to 1e9, in ASCII digits with at most one point, and an exponent where programs write one.
    mutating func milliseconds(_ name: String) -> Double? {
        guard let text = text(name, .number(in: 0...1e9)) else { return nil }
        let halves = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        var parts = halves[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2 { parts.append(halves[1].first == "-" || halves[1].first == "+" ? halves[1].dropFirst() : halves[1]) }
        let isNumber = parts.allSatisfy { part in !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        if isNumber, let number = Double(text), (0...1e9).contains(number) { return number }
        report(name, isNumber ? .outOfRange : .malformed, "must be a number from 0 to 1000000000")
        return nil
    }
}
