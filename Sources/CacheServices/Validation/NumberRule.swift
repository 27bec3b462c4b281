/// Which numbers a field takes; never NaN or an infinity.
public enum NumberRule: Sendable, Hashable {
    /// Any finite number.
    case finite
    /// Any finite number but zero.
    case nonZero
    /// Finite and greater than zero.
    case positive
    /// From the lower to the upper bound, both included.
    case range(ClosedRange<Double>)

    /// Whether a number may stand in the field.
    public func allows(_ value: Double) -> Bool {
        switch self {
        case .finite: value.isFinite
        case .nonZero: value.isFinite && value != 0
        case .positive: value.isFinite && value > 0
        case .range(let range): range.contains(value)
        }
    }

    /// What is allowed, as the rest of a sentence.
    public var sentence: String {
        switch self {
        case .finite: "must be a finite number"
        case .nonZero: "must be a finite number other than 0"
        case .positive: "must be a finite number greater than 0"
        case .range(let range):
            "must be a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
        }
    }

    private static func text(_ bound: Double) -> String {
        JSONNumber(bound)?.text ?? bound.description
    }

    /// Adds a problem when a number may not stand in a field.
    func check(_ value: Double?, _ field: String, _ problems: inout [FieldProblem]) {
        guard let value, !allows(value) else { return }
        problems.append(FieldProblem(field: field, code: .outOfRange, sentence: sentence))
    }
}
