import CacheServices

/// Reads the parameters of a query one by one and collects everything that is wrong with them: nothing is silently ignored.
///
/// A method answers nil when the parameter is absent or wrong. Ask for all parameters that the route knows, then call ``finish()``.
package struct QueryReader {
    private var parameters: [(name: String, value: String)] = []
    private var asked: Set<String> = []
    private var items: [Problem.Item] = []
    /// What was asked for, where that is wanted instead of the values: the contract is made from it. Nil for a request.
    private(set) var declarations: [QueryParameter]?
    /// Two parameters of which exactly one must be given.
    private(set) var alternatives: [String] = []

    /// Reads nothing but what a route asks for.
    ///
    /// - Parameter query: what makes the route ask, such as the `type`.
    static func describing(_ query: String?) -> QueryReader {
        var reader = QueryReader(query)
        reader.declarations = []
        return reader
    }

    /// Splits a query; one that is not well formed is a problem already.
    package init(_ query: String?) {
        guard let query, !query.isEmpty else { return }
        for pair in query.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first?.percentDecoded(plusIsSpace: true), !name.isEmpty else {
                report("", .malformed, "must be name=value pairs joined by &, with valid percent-encoding")
                continue
            }
            guard parts.count == 2, let value = parts[1].percentDecoded(plusIsSpace: true) else {
                report(name, .malformed, "must have a value, with valid percent-encoding")
                asked.insert(name)
                continue
            }
            parameters.append((name, value))
        }
    }

    /// Takes a text, or reports that it is required.
    ///
    /// - Parameter schema: what else is asked of it; the caller checks that.
    mutating func text(_ name: String, _ schema: @autoclosure () -> Schema = .string, isRequired: Bool = false) -> String? {
        asked.insert(name)
        if declarations != nil { declare(QueryParameter(name: name, schema: schema(), isRequired: isRequired)) }
        let values = parameters.filter { $0.name == name }
        guard values.count <= 1 else {
            report(name, .duplicate, "must be given once")
            return nil
        }
        guard let value = values.first?.value else {
            if isRequired, !items.contains(where: { $0.name == name }) { report(name, .missing, "is required") }
            return nil
        }
        return value
    }

    /// Takes one of the words of an enumeration.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, of: Choice.Type) -> Choice? {
        guard let text = text(name, .words(of: Choice.self)) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        report(name, .malformed, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        return nil
    }

    /// Takes the word on which it depends what other parameters there are; the standard one when it is absent.
    ///
    /// - Throws: ``Problem`` for another word: without it nobody knows which parameters are right.
    mutating func kind<Kind: RawRepresentable<String> & CaseIterable>(_ name: String = "type", standard: Kind) throws(Problem) -> Kind {
        guard let text = text(name, .words(of: Kind.self, standard: standard)) else { return standard }
        if let kind = Kind(rawValue: text) { return kind }
        _ = choice(name, of: Kind.self)
        try finishNow()
        return standard
    }

    /// Takes a whole number in ASCII digits.
    ///
    /// - Parameter widest: the range with the most favourable other parameters, where it depends on them.
    mutating func integer(_ name: String, in range: ClosedRange<Int>, widest: ClosedRange<Int>? = nil) -> Int? {
        guard let text = text(name, .integer(widest ?? range)) else { return nil }
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        if isNumber, let number = Int(text), range.contains(number) { return number }
        report(name, isNumber ? .outOfRange : .malformed, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// Takes `true`, the only value that a confirmation can have.
    mutating func confirmation(_ name: String) -> Bool {
        guard let text = text(name, .word("true")) else { return false }
        if text == "true" { return true }
        report(name, .malformed, "must be true")
        return false
    }

    /// Takes the symbol of an instrument.
    mutating func symbol(_ name: String, isRequired: Bool = false) -> Symbol? {
        guard let text = text(name, .symbol, isRequired: isRequired) else { return nil }
        do throws(ValidationError) {
            return try Symbol(text)
        } catch {
            report(name, .malformed, error.problems.first?.sentence ?? "must be a symbol")
            return nil
        }
    }

    /// Takes a time in ISO 8601.
    mutating func timestamp(_ name: String, isRequired: Bool = false) -> Timestamp? {
        guard let text = text(name, .timestamp, isRequired: isRequired) else { return nil }
        // No time has a space in it: one stands for the plus sign of an offset that was not percent-encoded.
        if let timestamp = Timestamp(iso8601: String(text.map { $0 == " " ? "+" : $0 })) { return timestamp }
        report(name, .malformed, "must be a time in ISO 8601 like 2025-01-15T10:30:00.000Z")
        return nil
    }

    /// Notes that exactly one of two parameters must be given.
    mutating func needOne(of first: (name: String, isGiven: Bool), or second: (name: String, isGiven: Bool), _ sentence: String) {
        if declarations != nil { alternatives = [first.name, second.name] }
        if !hasProblems, first.isGiven == second.isGiven { report("", .missing, sentence) }
    }

    /// Notes a problem of a parameter.
    mutating func report(_ name: String, _ code: FieldProblem.Code, _ sentence: String) {
        guard items.count < ValidationError.maximumProblems else { return }
        let name = name.shownInAnswers
        items.append(
            Problem.Item(place: .parameter, name: name, code: code, detail: name.isEmpty ? "the query \(sentence)" : "\(name) \(sentence)"))
    }

    /// Ends the reading: whatever nobody asked for is a problem too.
    ///
    /// - Throws: ``Problem`` naming every parameter that is wrong and what is allowed.
    package mutating func finish() throws(Problem) {
        let allowed = asked.sorted().joined(separator: ", ")
        for name in Set(parameters.map(\.name)).subtracting(asked).sorted() {
            report(name, .unknown, allowed.isEmpty ? "is not allowed; there are no parameters" : "is not allowed; allowed are \(allowed)")
        }
        try finishNow()
    }

    /// Ends the reading and gives a parameter that is required.
    mutating func finish<Value>(with value: Value?) throws(Problem) -> Value {
        try finish()
        guard let value else { throw Problem(.invalidQuery, "A required parameter is missing.") }
        return value
    }

    /// Ends the reading where not all parameters were asked for.
    func finishNow() throws(Problem) {
        guard let first = items.first else { return }
        throw Problem(.invalidQuery, items.count == 1 ? "\(first.detail)." : "\(items.count) parameters are wrong.", items: items)
    }

    private mutating func declare(_ parameter: QueryParameter) {
        declarations?.removeAll { $0.name == parameter.name }
        declarations?.append(parameter)
    }

    /// Whether something is wrong so far.
    var hasProblems: Bool { !items.isEmpty }
}

extension String {
    /// Fit to be shown in an answer: at most 64 characters, `?` in place of those that are not printable ASCII.
    var shownInAnswers: String {
        let shown = String(unicodeScalars.prefix(64).map { (0x20...0x7e).contains($0.value) ? Character($0) : "?" })
        return unicodeScalars.count > 64 ? shown + "…" : shown
    }
}
