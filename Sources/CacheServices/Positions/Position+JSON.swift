extension Position {
    /// Reads a position from outside: no unknown fields; throws `JSONParseError` or `ValidationError`.
    public init(strict json: [UInt8]) throws {
        try self.init(strict: try JSONParser.parse(json))
    }

    /// Reads a position from outside: no unknown fields; throws a list of everything that is wrong.
    public init(strict value: JSONValue) throws(ValidationError) {
        try self.init(value, mode: .strict)
    }

    /// Reads a position that is in Redis: unknown fields are kept, all limits hold; throws `JSONParseError` or `ValidationError`.
    public init(stored bytes: [UInt8]) throws {
        try self.init(try JSONParser.parse(bytes, duplicateKeys: .lastWins), mode: .lenient)
    }

    private init(_ value: JSONValue, mode: JSONObjectReader.Mode) throws(ValidationError) {
        var reader = JSONObjectReader(value, mode: mode)
        let currentPrice = reader.number("current_price", Limits.price)
        let entryPrice = reader.number("entry_price", Limits.price)
        let entryTime = reader.timestamp("entry_time")
        let pnl = reader.number("pnl", Limits.pnl)
        let pnlPercent = reader.number("pnl_percent", Limits.pnl)
        let positionID = reader.text("position_id", Limits.positionID)
        let quantity = reader.number("quantity", Limits.quantity)
        let status = reader.choice("status", of: PositionStatus.self)
        let symbol = reader.symbol("symbol")
        let unknown = reader.finish()
        guard reader.problems.isEmpty, let currentPrice, let entryPrice, let entryTime, let pnl, let pnlPercent, let positionID,
            let quantity, let status, let symbol
        else { throw reader.error }
        self.init(
            validPositionID: positionID, symbol: symbol, entryPrice: entryPrice, currentPrice: currentPrice, quantity: quantity,
            pnl: pnl, pnlPercent: pnlPercent, entryTime: entryTime, status: status, unknown: unknown
        )
    }

    /// The position as it goes over the wire.
    public var jsonValue: JSONValue {
        let members = [
            JSONValue.Member("current_price", .finite(currentPrice)),
            JSONValue.Member("entry_price", .finite(entryPrice)),
            JSONValue.Member("entry_time", .string(entryTime.iso8601)),
            JSONValue.Member("pnl", .finite(pnl)),
            JSONValue.Member("pnl_percent", .finite(pnlPercent)),
            JSONValue.Member("position_id", .string(positionID)),
            JSONValue.Member("quantity", .finite(quantity)),
            JSONValue.Member("status", .string(status.rawValue)),
            JSONValue.Member("symbol", .string(symbol.rawValue)),
        ]
        return .object(unknown.isEmpty ? members : members + unknown)
    }

    /// The bytes as they are stored: canonical, so that the same position always gives the same bytes.
    public var json: [UInt8] { JSONWriter.bytes(jsonValue) }
}
