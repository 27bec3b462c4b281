import CacheServices

/// The values of which queries, bodies and answers are made. What the code checks by a rule is described from that rule.
extension Schema {
    static let string = Schema(["type": "string"])
    static let null = Schema(["type": "null"])
    static let boolean = Schema(["type": "boolean"])
    /// How many.
    static let count = Schema(["type": "integer", "minimum": 0])
    static let object = Schema(["type": "object"])
    static let anything = Schema([])
    static let timestamp = Schema(["type": "string", "format": "date-time"])
    static let symbol = Schema(["type": "string", "pattern": .string("^\(Symbol.pattern)$")])
    /// Of a service, an operation or a metric.
    static let name = Schema(["type": "string", "pattern": "^[A-Za-z0-9._:/ -]{1,64}$"])
    /// A text that shows something.
    static let speaking = Schema(["type": "string", "pattern": .string("[^ \(unprintable)]")])
    static let durationMS = Schema.number(in: 0...1e9)
    /// A figure of an answer.
    static let figure = Schema(["type": "number"])
    /// The place of an event in a stream of Redis.
    static let streamID = Schema(["type": "string", "pattern": "^[0-9]+-[0-9]+$"])
    static let auditCursor = Schema(["type": "string", "pattern": "^[A-Za-z0-9_-]{1,80}$"]).said("The `next_cursor` of a page.")
    static let streamCursor = Schema([
        "type": "string", "pattern": .string("^\(place)_\(place)$"),
    ]).said("The `id` of the last event that came.")
    /// Some of the topics.
    static let topics = Schema([
        "type": "array", "items": Schema.words(StreamTopic.allCases.map(\.rawValue)).jsonValue, "minItems": 1, "uniqueItems": true,
    ])

    private static let place = #"(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,18})(\.(0|[1-9][0-9]{0,17}))?"#

    static func word(_ word: String) -> Schema { words([word]) }

    static func words(_ words: [String]) -> Schema { Schema(["type": "string", "enum": .array(words.map(JSONValue.string))]) }

    /// The words of an enumeration of the code.
    static func words<Words: RawRepresentable<String> & CaseIterable>(of: Words.Type) -> Schema { words(Words.allCases.map(\.rawValue)) }

    /// The words of an enumeration, one of which stands for none.
    static func words<Words: RawRepresentable<String> & CaseIterable>(of type: Words.Type, standard: Words) -> Schema {
        words(of: type).with("default", .string(standard.rawValue))
    }

    static func integer(_ range: ClosedRange<Int>) -> Schema {
        Schema(["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)])
    }

    static func number(in range: ClosedRange<Double>) -> Schema {
        Schema(["type": "number", "minimum": .finite(range.lowerBound), "maximum": .finite(range.upperBound)])
    }

    /// Numbers as a rule of the code allows them; all are finite, as `Double` has them.
    static func number(_ rule: NumberRule) -> Schema {
        switch rule {
        case .finite: double
        case .nonZero: double.with("not", ["const": 0])
        case .positive: double.with("exclusiveMinimum", 0)
        case .range(let range): number(in: range)
        }
    }

    /// Texts as a rule of the code allows them; characters are Unicode scalars.
    static func text(_ rule: TextRule) -> Schema {
        Schema(["type": "string", "pattern": .string("^[^\(unprintable)]{1,\(rule.maximumLength)}$")])
    }

    private static let double = Schema(["type": "number", "format": "double"])

    /// Inside the brackets of a regular expression: control and format characters, line and paragraph separators, as `TextRule` knows
    /// them. Those beyond the first plane stand for themselves, because there is no escape that all dialects share.
    static let unprintable =
        #"\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"#
        + #"\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"#
        + "\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}"
}
