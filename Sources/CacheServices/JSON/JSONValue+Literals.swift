// `nil` is no literal of JSON null on purpose: where an optional value is meant, it would silently stand for null.

extension JSONValue: ExpressibleByBooleanLiteral {
    /// Takes `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    /// Takes an integer, exactly.
    public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
}

extension JSONValue: ExpressibleByFloatLiteral {
    /// Takes a number; one that is not finite becomes null.
    public init(floatLiteral value: Double) { self = .finite(value) }
}

extension JSONValue: ExpressibleByStringLiteral {
    /// Takes a text.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByArrayLiteral {
    /// Takes the elements of an array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// Takes the members of an object in the order in which they are written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
