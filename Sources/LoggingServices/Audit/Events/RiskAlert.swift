public import CacheServices

/// A limit that was met or crossed, valid by construction (Seed: alert of `logRiskAlert`).
public struct RiskAlert: Sendable, Hashable {
    /// What kind of limit, such as `MAX_DRAWDOWN`: 1 to 64 printable characters.
    public let type: String
    /// How grave it is, such as `high`: 1 to 64 printable characters.
    public let severity: String
    /// What happened, for a person: 1 to 2000 printable characters.
    public let message: String
    /// The limit, finite.
    public let threshold: Double
    /// What was measured, finite.
    public let currentValue: Double
    /// What it is about; `nil` when it is about no symbol.
    public let symbol: Symbol?

    /// Throws a list of everything that is out of its range.
    public init(
        type: String, severity: String, message: String, threshold: Double, currentValue: Double, symbol: Symbol? = nil
    ) throws(ValidationError) {
        var problems: [FieldProblem] = []
        problems.note("current_value", currentValue, .finite)
        problems.note("message", message, TextRule(maximumLength: AuditSentence.messageLength))
        problems.note("severity", severity, TextRule(maximumLength: 64))
        problems.note("threshold", threshold, .finite)
        problems.note("type", type, TextRule(maximumLength: 64))
        guard problems.isEmpty else { throw ValidationError(problems) }
        self.type = type
        self.severity = severity
        self.message = message
        self.threshold = threshold
        self.currentValue = currentValue
        self.symbol = symbol
    }

    /// The alert as it goes over the wire; without a symbol it has no field for one.
    public var jsonValue: JSONValue {
        var members: [JSONValue.Member] = [
            .init("current_value", .finite(currentValue)), .init("message", .string(message)), .init("severity", .string(severity)),
            .init("threshold", .finite(threshold)), .init("type", .string(type)),
        ]
        if let symbol { members.append(.init("symbol", .string(symbol.rawValue))) }
        return .object(members)
    }
}
