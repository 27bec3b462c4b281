/// Why a text is no price.
enum PriceTextError: Error, Equatable, Sendable {
    /// The text is not a number in a form that ``PriceText`` knows.
    case malformed

    /// The number is zero or below.
    case notPositive

    /// The number is beyond ``PriceText/range``.
    case outOfRange
}

extension PriceTextError: CustomStringConvertible {
    var description: String {
        switch self {
        case .malformed: "price is not a number"
        case .notPositive: "price is not above zero"
        case .outOfRange: "price is out of range"
        }
    }
}
