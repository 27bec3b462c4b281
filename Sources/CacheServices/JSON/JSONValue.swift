/// Any JSON value, with the members of objects in the order in which they came (RFC 8259).
///
/// Values that `JSONParser` made have no repeated names and are at most as deep as its limit; whoever builds one by hand keeps to that.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// One name of an object with its value.
    public struct Member: Sendable, Hashable {
        /// The name, unescaped.
        public let name: String
        /// The value under this name.
        public let value: JSONValue

        /// Pairs a name with a value.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The number, or null when there is none or it is NaN or infinite, which JSON cannot say.
    public static func finite(_ value: Double?) -> JSONValue {
        guard let value, let number = JSONNumber(value) else { return .null }
        return .number(number)
    }

    /// An integer, kept exactly.
    public static func integer(_ value: Int) -> JSONValue {
        .number(JSONNumber(value))
    }

    /// The value under a name of an object, or nil when this is no object or has no such name.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The number as a `Double`, or nil when this is no number.
    public var double: Double? {
        guard case .number(let number) = self else { return nil }
        return number.value
    }

    /// The text, or nil when this is no string.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The truth value, or nil when this is neither `true` nor `false`.
    public var truth: Bool? {
        guard case .bool(let truth) = self else { return nil }
        return truth
    }

    /// The elements, or nil when this is no array.
    public var elements: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members, or nil when this is no object.
    public var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}
