import CacheServices
import Foundation
import LoggingServices

/// Puts a step of the desk into the words of the services: signals, positions, figures, and events of the audit trail.
struct DeskReport: Sendable {
    /// Who did it, in the audit trail.
    static let userID = "demo-desk"

    let names: DeskNames
    let step: DeskStep
    /// The time of what is published: the market's own clock is a feature and no time stamp.
    let now: Timestamp
    /// When positions that an earlier process opened were opened, by their names.
    var openedBefore: [String: Timestamp] = [:]

    /// Nobody may take it for trading.
    var metadata: JSONValue { details() }

    /// The same with more.
    func details(_ more: JSONValue.Member...) -> JSONValue {
        let quote = step.quote
        let members: [JSONValue.Member] = [
            .init("account", "paper"), .init("market_time", .string(quote.moment.text)), .init("regime", .string(quote.regime.rawValue)),
            .init("source", "usdcop demo"),
        ]
        return .object(members + more)
    }

    /// The signal of an instrument; nil between two of its decisions. The spot's is the newest of a step.
    func signal(_ book: Book.Step) throws(ValidationError) -> Signal? {
        guard let decision = book.decision else { return nil }
        var features = decision.features
        features["market_open"] = step.quote.moment.isOpen ? 1 : 0
        features["spread"] = step.quote.spread
        features["volatility"] = step.figures.volatility
        // What nobody can read twice is no better for being exact.
        features = features.mapValues { Self.rounded($0, 6) }
        let isSpot = book.instrument.days == 0
        return try Signal(
            signalID: names.signal(step.number, book.instrument), timestamp: isSpot ? now : now - .milliseconds(1),
            symbol: book.instrument.symbol, action: decision.action, confidence: Self.rounded(decision.confidence, 4), price: book.price,
            features: features, modelVersion: book.instrument.modelVersion, executionLatencyMS: step.modelLatencyMS)
    }

    func position(_ holding: Book.Holding, _ instrument: Instrument, _ status: PositionStatus) throws(ValidationError) -> Position {
        let (name, position) = (names.position(holding, instrument), holding.position)
        return try Position(
            positionID: name, symbol: instrument.symbol, entryPrice: position.entryPrice, currentPrice: position.currentPrice,
            quantity: position.signedQuantity, pnl: Self.rounded(position.pnl, 2), pnlPercent: Self.rounded(position.pnlPercent, 4),
            entryTime: openedBefore[name] ?? position.entryTime, status: status)
    }

    /// The positions of a book after the step, in the order in which they are to be stored.
    func positions(_ book: Book.Step) throws(ValidationError) -> [Position] {
        var positions: [Position] = []
        for change in book.changes {
            switch change {
            case .closed(let holding): positions.append(try position(holding, book.instrument, .closed))
            case .opened(let holding), .marked(let holding): positions.append(try position(holding, book.instrument, .open))
            }
        }
        return positions
    }

    func metrics() throws(ValidationError) -> FinancialMetrics {
        let figures = step.figures
        return try FinancialMetrics(
            timestamp: now, totalPnL: Self.rounded(figures.totalPnL, 2), winRate: figures.winRate.map { Self.rounded($0, 4) },
            sharpeRatio: figures.sharpeRatio.map { Self.rounded($0, 3) }, maxDrawdown: Self.rounded(figures.maxDrawdown, 6),
            totalTrades: figures.closedTrades, activePositions: figures.openPositions,
            portfolioValue: Self.rounded(figures.portfolioValue, 2))
    }

    private static func rounded(_ value: Double, _ decimals: Int) -> Double {
        let scale = pow(10, Double(decimals))
        return (value * scale).rounded() / scale
    }

    /// What the market and the desk are like, beyond the financial metrics.
    func customMetrics() throws(ValidationError) -> [(MetricName, CustomMetricValue)] {
        let (quote, figures) = (step.quote, step.figures)
        var metrics: [(MetricName, CustomMetricValue)] = [
            ("market.regime", try CustomMetricValue(quote.regime.rawValue)),
            ("market.session", try CustomMetricValue(quote.moment.isOpen ? "open" : "closed")),
            ("market.time", try CustomMetricValue(quote.moment.text)),
            ("market.spread_cop", try CustomMetricValue(quote.spread)),
            ("market.volume_usd_million", try CustomMetricValue(quote.volume)),
            ("desk.exposure_usd", try CustomMetricValue(figures.exposure)),
            ("desk.drawdown", try CustomMetricValue(Self.rounded(figures.drawdown, 6))),
        ]
        if let volatility = figures.volatility { metrics.append(("market.volatility", try CustomMetricValue(Self.rounded(volatility, 4)))) }
        return metrics
    }
}
