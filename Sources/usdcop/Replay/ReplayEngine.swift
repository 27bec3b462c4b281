import CacheServices

/// Turns a price history into signals, positions and metrics, price by price.
///
/// With a fixed execution latency it is a pure function of the prices: the same file gives the same names and values on
/// every run, so that a repeated replay is recognised as such by the services.
struct ReplayEngine: Sendable {
    /// What signals give as their execution latency.
    enum ExecutionLatency: Equatable, Sendable {
        case fixed(Duration)

        /// The time that the strategy took for the price.
        case measured
    }

    /// What the prices are of.
    let symbol: Symbol

    private let executionLatency: ExecutionLatency
    private var strategy = Strategy()
    private var account: PaperAccount

    init(symbol: Symbol, account: PaperAccount = PaperAccount(), executionLatency: ExecutionLatency = .fixed(.zero)) {
        self.symbol = symbol
        self.account = account
        self.executionLatency = executionLatency
    }

    /// Takes the next price. Prices must come in the order of time.
    ///
    /// - Throws: `ValidationError` if a value is out of its range, which no price of a ``PriceHistory`` leads to. The engine
    ///   is then as it was before.
    mutating func step(_ point: PricePoint) throws(ValidationError) -> ReplayStep {
        var (strategy, account) = (strategy, account)
        let start = ContinuousClock.now
        let decision = strategy.decide(on: point.price)
        let elapsed = ContinuousClock.now - start
        let signal = try Signal(
            signalID: name(point.time), timestamp: point.time, symbol: symbol, action: decision.action,
            confidence: decision.confidence, price: point.price, features: decision.features,
            modelVersion: Strategy.modelVersion, executionLatencyMS: Self.milliseconds(latency(elapsed: elapsed)))
        var changes: [PositionChange] = []
        for event in account.apply(decision.action, price: point.price, time: point.time) {
            changes.append(try change(event))
        }
        let metrics = try FinancialMetrics(
            timestamp: point.time, totalPnL: account.totalPnL, winRate: account.winRate, sharpeRatio: account.sharpeRatio,
            maxDrawdown: account.maxDrawdown, totalTrades: account.closedTrades,
            activePositions: account.position == nil ? 0 : 1, portfolioValue: account.portfolioValue)
        (self.strategy, self.account) = (strategy, account)
        return ReplayStep(signal: signal, positionChanges: changes, metrics: metrics)
    }

    /// The name of the signal of a time, and of the position that was opened then.
    private func name(_ time: Timestamp) -> String {
        "replay-\(symbol)-\(time.iso8601)"
    }

    private func change(_ event: PaperAccount.Event) throws(ValidationError) -> PositionChange {
        switch event {
        case .opened(let position): .opened(try self.position(position, status: .open))
        case .closed(let position, _): .closed(try self.position(position, status: .closed))
        case .marked(let position): .marked(try self.position(position, status: .open))
        }
    }

    private func position(_ position: PaperPosition, status: PositionStatus) throws(ValidationError) -> Position {
        try Position(
            positionID: name(position.entryTime), symbol: symbol, entryPrice: position.entryPrice,
            currentPrice: position.currentPrice, quantity: position.signedQuantity, pnl: position.pnl,
            pnlPercent: position.pnlPercent, entryTime: position.entryTime, status: status)
    }

    private func latency(elapsed: Duration) -> Duration {
        switch executionLatency {
        case .fixed(let latency): latency
        case .measured: elapsed
        }
    }

    /// Milliseconds within what a signal allows, 0…1e9.
    private static func milliseconds(_ duration: Duration) -> Double {
        min(max(0, duration / .milliseconds(1)), 1e9)
    }
}
