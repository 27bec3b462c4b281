import CacheServices

/// One object of an event's `data` while it is read. It is open: the sentence needs some fields, the trail keeps all of them as they are.
struct AuditSubject {
    private var reader: JSONObjectReader
    /// Whether there is an object at all; without one its fields are not asked for.
    let isThere: Bool

    /// - Parameters:
    ///   - value: the object; a missing one is a problem of whoever looked for it.
    ///   - path: what it is called in problems, `data.signal`.
    init(_ value: JSONValue?, path: String) {
        isThere = value?.members != nil
        reader = JSONObjectReader(value ?? .object([]), path: path, mode: .lenient)
    }

    /// What is wrong so far.
    var problems: [FieldProblem] { reader.problems }

    /// A field that the trail keeps, whatever it holds; null counts as absent.
    mutating func any(_ name: String) -> JSONValue? { reader.value(name, .optional) }

    /// A text that the sentence shows: it has to say something.
    mutating func text(_ name: String, _ presence: JSONObjectReader.Presence = .required) -> JSONValue? {
        guard isThere, let value = reader.value(name, presence) else { return nil }
        guard let text = value.text else {
            reader.report(name, .wrongType, "must be a text")
            return nil
        }
        guard !AuditSentence.text(text).isEmpty else {
            reader.report(name, .outOfRange, "must have at least one printable character")
            return nil
        }
        return value
    }

    /// A number that the sentence shows.
    mutating func number(_ name: String, _ presence: JSONObjectReader.Presence = .required) -> JSONValue? {
        guard isThere, let value = reader.value(name, presence) else { return nil }
        guard case .number = value else {
            reader.report(name, .wrongType, NumberRule.finite.sentence)
            return nil
        }
        return value
    }

    /// The symbol, or what stands in its place.
    mutating func symbol(otherwise symbol: Symbol) -> Symbol {
        guard isThere else { return symbol }
        return reader.symbol("symbol", .optional) ?? symbol
    }

    /// An object inside this one.
    mutating func object(_ name: String, path: String) -> AuditSubject {
        guard isThere else { return AuditSubject(nil, path: path) }
        let value = reader.value(name)
        return value == nil ? AuditSubject(nil, path: path) : AuditSubject(value, path: path)
    }

    /// Passes over fields that are told elsewhere in the entry, or that the trail has no place for.
    mutating func skip(_ names: String...) {
        for name in names { _ = reader.value(name, .optional) }
    }

    /// Notes a field that the sentence needs.
    mutating func reportMissing(_ name: String) { reader.report(name, .missing, "is required") }

    /// The fields that nobody asked for.
    mutating func rest() -> [JSONValue.Member] { reader.finish() }
}
