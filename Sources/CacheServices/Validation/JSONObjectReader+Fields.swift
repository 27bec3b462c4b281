extension JSONObjectReader {
    /// Takes a number that a rule allows.
    public mutating func number(_ name: String, _ rule: NumberRule, _ presence: Presence = .required) -> Double? {
        guard let value = value(name, presence) else { return nil }
        guard case .number(let number) = value else {
            report(name, .wrongType, rule.sentence)
            return nil
        }
        guard rule.allows(number.value) else {
            report(name, .outOfRange, rule.sentence)
            return nil
        }
        return number.value
    }

    /// Takes an integer in a range; `45.0` is one.
    public mutating func integer(_ name: String, in range: ClosedRange<Int>, _ presence: Presence = .required) -> Int? {
        guard let value = value(name, presence) else { return nil }
        if case .number(let number) = value, let integer = number.integer, range.contains(integer) { return integer }
        var code = FieldProblem.Code.wrongType
        if case .number = value { code = .outOfRange }
        report(name, code, "must be an integer from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// Takes a text that a rule allows.
    public mutating func text(_ name: String, _ rule: TextRule, _ presence: Presence = .required) -> String? {
        guard let text = anyText(name, rule.sentence, presence) else { return nil }
        if let code = rule.problem(with: text) {
            report(name, code, rule.sentence)
            return nil
        }
        return text
    }

    /// Takes one of the texts that an enumeration has.
    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type, _ presence: Presence = .required
    ) -> Choice? where Choice.RawValue == String {
        guard let value = value(name, presence) else { return nil }
        if case .string(let text) = value, let choice = Choice(rawValue: text) { return choice }
        var code = FieldProblem.Code.wrongType
        if case .string = value { code = .malformed }
        report(name, code, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        return nil
    }

    /// Takes a time in ISO 8601.
    public mutating func timestamp(_ name: String, _ presence: Presence = .required) -> Timestamp? {
        guard let text = anyText(name, Timestamp.sentence, presence) else { return nil }
        guard let timestamp = Timestamp(iso8601: text) else {
            report(name, .malformed, Timestamp.sentence)
            return nil
        }
        return timestamp
    }

    /// Takes a symbol.
    public mutating func symbol(_ name: String, _ presence: Presence = .required) -> Symbol? {
        guard let text = anyText(name, Symbol.sentence, presence) else { return nil }
        guard Symbol.isValid(text) else {
            report(name, .malformed, Symbol.sentence)
            return nil
        }
        return Symbol(valid: text)
    }

    /// Takes an object of finite numbers with at most so many names, each of which a rule allows.
    public mutating func numbers(_ name: String, names: TextRule, maximumCount: Int) -> [String: Double]? {
        guard let value = value(name) else { return nil }
        guard case .object(let members) = value else {
            report(name, .wrongType, "must be an object of numbers")
            return nil
        }
        guard members.count <= maximumCount else {
            report(name, .outOfRange, "must have at most \(maximumCount) names")
            return nil
        }
        var numbers = [String: Double](minimumCapacity: members.count)
        var isGood = true
        for member in members {
            if let fault = Self.fault(of: member, names: names, isRepeated: numbers[member.name] != nil) {
                report("\(name).\(FieldProblem.shown(member.name))", fault.code, fault.sentence)
                isGood = false
            }
            numbers[member.name] = member.value.double
        }
        return isGood ? numbers : nil
    }

    private static func fault(
        of member: JSONValue.Member, names: TextRule, isRepeated: Bool
    ) -> (code: FieldProblem.Code, sentence: String)? {
        if isRepeated { return (.duplicate, "must occur once") }
        if let code = names.problem(with: member.name) {
            return (code, "must have a name of 1 to \(names.maximumLength) printable characters")
        }
        guard case .number = member.value else { return (.wrongType, NumberRule.finite.sentence) }
        return nil
    }

    private mutating func anyText(_ name: String, _ sentence: @autoclosure () -> String, _ presence: Presence) -> String? {
        guard let value = value(name, presence) else { return nil }
        guard case .string(let text) = value else {
            report(name, .wrongType, sentence())
            return nil
        }
        return text
    }
}
