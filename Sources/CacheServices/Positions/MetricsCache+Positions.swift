extension MetricsCache {
    /// Stores an open position under its symbol; one with status CLOSED removes what is there.
    ///
    /// - Throws: ``CacheError``; `invalidArgument` when the position is of another symbol.
    @discardableResult
    public func setPosition(_ symbol: Symbol, _ position: Position) async throws(CacheError) -> PositionChange {
        guard symbol == position.symbol else {
            throw CacheError(.invalidArgument, "The position is of another symbol; nothing was written.")
        }
        return try await perform(.setPosition(position))
    }

    /// The open position of a symbol; `nil` when there is none.
    ///
    /// - Throws: ``CacheError``; `dataConflict` when what is stored there is no position of this symbol.
    public func getPosition(_ symbol: Symbol) async throws(CacheError) -> Position? {
        let key = KeySchema.position(symbol)
        guard let bytes = try await perform(.get(key, lifetime: nil)) else { return nil }
        guard let position = try? Position(stored: bytes), position.symbol == symbol else {
            throw CacheError(.dataConflict, "What is stored there is no position of this symbol; it was left as it is.", key: key)
        }
        return position.status == .open ? position : nil
    }

    /// Removes the position of a symbol; answers whether there was one.
    @discardableResult
    public func deletePosition(_ symbol: Symbol) async throws(CacheError) -> Bool { try await perform(.deletePosition(symbol)) }

    /// All open positions at one moment. Unreadable ones are noted and left out.
    public func getAllPositions() async throws(CacheError) -> [Symbol: Position] {
        let step = CacheStep.indexed(KeySchema.indexPositions, prefix: KeySchema.positionPrefix, lifetime: nil)
        var positions: [Symbol: Position] = [:]
        for value in try await perform(step) {
            if let symbol = try? Symbol(value.member), let position = try? Position(stored: value.bytes), position.symbol == symbol {
                // One that another program closed by writing CLOSED is open no more.
                if position.status == .open { positions[symbol] = position }
            } else {
                note(unreadable: KeySchema.positionPrefix + value.member)
            }
        }
        return positions
    }

    /// How many positions are open.
    public func getPositionCount() async throws(CacheError) -> Int { try await getAllPositions().count }

    /// Totals over all open positions at one moment.
    public func getAggregatePositionMetrics() async throws(CacheError) -> AggregatePositionMetrics {
        AggregatePositionMetrics(try await getAllPositions().values.sorted { $0.symbol < $1.symbol })
    }
}
