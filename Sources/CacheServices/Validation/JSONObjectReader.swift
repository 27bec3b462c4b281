/// Reads the fields of a JSON object one by one and collects everything that is wrong.
///
/// A method answers nil when the field is absent or wrong; whatever is wrong has then been noted. Ask for all fields, call `finish`, and
/// throw `error` if there is one:
///
///     var reader = JSONObjectReader(value, mode: .strict)
///     let price = reader.number("price", .positive)
///     reader.finish()
///     guard reader.problems.isEmpty, let price else { throw reader.error }
public struct JSONObjectReader {
    /// What happens with fields that nobody asked for.
    public enum Mode: Sendable {
        /// They are a problem: for what comes over HTTP or the command line.
        case strict
        /// They are kept, and null counts as absent in optional fields: for what is already in Redis.
        case lenient
    }

    /// Whether a field may be absent.
    public enum Presence: Sendable {
        case required
        case optional
    }

    /// What is wrong so far.
    public private(set) var problems: [FieldProblem] = []

    private let members: [JSONValue.Member]
    private let path: String
    private let mode: Mode
    private var asked: [String] = []
    private var found = 0
    /// Where the next field is expected: fields that are asked for in stored order are found at once.
    private var next = 0

    /// Starts to read a value, which is a problem itself when it is no object; `path` is what it is called in problems.
    public init(_ value: JSONValue, path: String = "", mode: Mode) {
        self.path = path
        self.mode = mode
        asked.reserveCapacity(12)
        if case .object(let members) = value {
            self.members = members
        } else {
            members = []
            problems.append(FieldProblem(field: path, code: .wrongType, sentence: "must be an object"))
        }
    }

    /// Everything that is wrong, to be thrown.
    public var error: ValidationError { ValidationError(problems) }

    /// Takes a field whatever it holds, or nil when it is absent.
    public mutating func value(_ name: String, _ presence: Presence = .required) -> JSONValue? {
        asked.append(name)
        var index = next
        for _ in 0..<members.count {
            if index >= members.count { index = 0 }
            if members[index].name == name {
                found += 1
                next = index + 1
                let value = members[index].value
                return presence == .optional && mode == .lenient && value == .null ? nil : value
            }
            index += 1
        }
        if presence == .required { report(name, .missing, "is required") }
        return nil
    }

    /// Notes a problem of a field.
    public mutating func report(_ name: String, _ code: FieldProblem.Code, _ sentence: String) {
        guard problems.count < ValidationError.maximumProblems else { return }
        problems.append(FieldProblem(field: path.isEmpty ? name : "\(path).\(name)", code: code, sentence: sentence))
    }

    /// Ends the reading: the fields that nobody asked for, each of which is a problem when strict.
    @discardableResult
    public mutating func finish() -> [JSONValue.Member] {
        guard found != members.count else { return [] }
        let unknown = members.filter { !asked.contains($0.name) }
        guard mode == .strict else { return unknown }
        let known = Set(asked).sorted().joined(separator: ", ")
        for member in unknown { report(FieldProblem.shown(member.name), .unknown, "is not a known field; known are \(known)") }
        var seen: Set<String> = []
        for member in members where !seen.insert(member.name).inserted {
            report(FieldProblem.shown(member.name), .duplicate, "must occur once")
        }
        return unknown
    }
}
