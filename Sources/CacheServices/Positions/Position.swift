/// A position of the desk in one symbol, valid by construction (Seed: PositionCacheData).
public struct Position: Sendable, Hashable {
    package enum Limits {
        package static let positionID = TextRule(maximumLength: 128)
        package static let price = NumberRule.positive
        package static let quantity = NumberRule.nonZero
        package static let pnl = NumberRule.finite
    }

    /// The position's own name, 1 to 128 printable characters.
    public let positionID: String
    /// What is held.
    public let symbol: Symbol
    /// The price at which it was opened, finite and greater than 0.
    public let entryPrice: Double
    /// The price now, finite and greater than 0.
    public let currentPrice: Double
    /// How much is held, finite and not 0; negative when sold short.
    public let quantity: Double
    /// Profit or loss so far, finite.
    public let pnl: Double
    /// Profit or loss as a percentage, finite.
    public let pnlPercent: Double
    /// When it was opened.
    public let entryTime: Timestamp
    /// Whether it is still held.
    public let status: PositionStatus
    /// Fields that a newer writer stored and this version does not know; they are written back unchanged.
    public let unknown: [JSONValue.Member]

    /// Makes a position of checked values; throws a list of everything that is out of its range.
    public init(
        positionID: String,
        symbol: Symbol,
        entryPrice: Double,
        currentPrice: Double,
        quantity: Double,
        pnl: Double,
        pnlPercent: Double,
        entryTime: Timestamp,
        status: PositionStatus
    ) throws(ValidationError) {
        var problems: [FieldProblem] = []
        Limits.price.check(currentPrice, "current_price", &problems)
        Limits.price.check(entryPrice, "entry_price", &problems)
        Limits.pnl.check(pnl, "pnl", &problems)
        Limits.pnl.check(pnlPercent, "pnl_percent", &problems)
        Limits.positionID.check(positionID, "position_id", &problems)
        Limits.quantity.check(quantity, "quantity", &problems)
        guard problems.isEmpty else { throw ValidationError(problems) }
        self.init(
            validPositionID: positionID, symbol: symbol, entryPrice: entryPrice, currentPrice: currentPrice, quantity: quantity,
            pnl: pnl, pnlPercent: pnlPercent, entryTime: entryTime, status: status, unknown: []
        )
    }

    init(
        validPositionID positionID: String, symbol: Symbol, entryPrice: Double, currentPrice: Double, quantity: Double,
        pnl: Double, pnlPercent: Double, entryTime: Timestamp, status: PositionStatus, unknown: [JSONValue.Member]
    ) {
        self.positionID = positionID
        self.symbol = symbol
        self.entryPrice = entryPrice
        self.currentPrice = currentPrice
        self.quantity = quantity
        self.pnl = pnl
        self.pnlPercent = pnlPercent
        self.entryTime = entryTime
        self.status = status
        self.unknown = unknown
    }
}
