import CacheServices
import Foundation

/// Finds limits that are crossed. Each is told once, and again only after it was well kept in between and a while has passed.
struct RiskWatch: Sendable {
    /// A limit that was crossed.
    struct Finding: Equatable, Sendable {
        let kind: Kind
        let severity: String
        let message: String
        let threshold: Double
        let value: Double
        /// What it is about; nil for the whole desk.
        var symbol: Symbol?
    }

    enum Kind: String, CaseIterable, Sendable {
        case drawdown = "MAX_DRAWDOWN"
        case volatility = "VOLATILITY"
        case exposure = "POSITION_LIMIT"
        case stop = "STOP_LOSS"
        case jump = "PRICE_JUMP"
    }

    enum Limits {
        /// Each whole one of them counts.
        static let drawdown = 0.01
        static let volatility = 0.30
        static let exposure = 400_000.0
        static let jump = 0.006
        /// Steps before the same limit is told again.
        static let pause = 90
        /// The part of a limit below which it counts as kept again.
        static let rearm = 0.8
    }

    private var told: [Kind: Int] = [:]
    private var crossed: Set<Kind> = []
    /// Whole limits that the drawdown is beyond.
    private var depth = 0

    /// Looks at the desk after a step.
    mutating func check(_ books: [Book.Step], _ figures: DeskFigures, _ quote: MarketQuote) -> [Finding] {
        let spot: Symbol = "USDCOP"
        var findings = books.filter(\.isStop).compactMap(Self.stop)
        findings += drawdown(figures.drawdown).map { [$0] } ?? []
        let volatility = figures.volatility ?? 0
        if crosses(.volatility, volatility, Limits.volatility, at: quote.moment.step) {
            let text = "USD/COP moves with a volatility of \(Self.percent(volatility)) a year"
            findings.append(Self.finding(.volatility, text, volatility, Limits.volatility, limit: Self.percent(Limits.volatility), spot))
        }
        let exposure = abs(figures.exposure)
        if crosses(.exposure, exposure, Limits.exposure, at: quote.moment.step) {
            let text = "The books are \(figures.exposure > 0 ? "long" : "short") \(NumberText.integer(Int(exposure))) USD together"
            let limit = NumberText.integer(Int(Limits.exposure)) + " USD"
            findings.append(Self.finding(.exposure, text, exposure, Limits.exposure, limit: limit, nil))
        }
        let jump = quote.jump ?? 0
        if crosses(.jump, abs(jump), Limits.jump, at: quote.moment.step) {
            let text = "USD/COP jumped by \(Self.percent(jump)) within a minute, to \(NumberText.amount(quote.price))"
            findings.append(Self.finding(.jump, text, abs(jump), Limits.jump, limit: Self.percent(Limits.jump), spot))
        }
        return findings
    }

    /// Whether a limit is crossed now that was kept before.
    private mutating func crosses(_ kind: Kind, _ value: Double, _ limit: Double, at step: Int) -> Bool {
        if value < limit * Limits.rearm { crossed.remove(kind) }
        guard value >= limit, crossed.insert(kind).inserted else { return false }
        guard told[kind].map({ step - $0 >= Limits.pause }) ?? true else { return false }
        told[kind] = step
        return true
    }

    /// A drawdown is told at every whole limit that it reaches anew.
    private mutating func drawdown(_ drawdown: Double) -> Finding? {
        let wholes = Int(drawdown / Limits.drawdown)
        // Well above the last one: by half a limit.
        if drawdown < (Double(depth) - 0.5) * Limits.drawdown { depth = wholes }
        guard wholes > depth else { return nil }
        depth = wholes
        let threshold = Double(wholes) * Limits.drawdown
        let text = "The portfolio is \(Self.percent(drawdown)) below its highest value"
        return Self.finding(.drawdown, text, drawdown, threshold, limit: Self.percent(threshold), nil)
    }

    private static func stop(_ book: Book.Step) -> Finding? {
        guard case .closed(let holding)? = book.changes.first else { return nil }
        let loss = -holding.position.pnlPercent
        let text = "\(book.instrument.symbol) was closed with a loss of \(percent(loss / 100))"
        let limit = Book.stopLoss / 100
        return finding(.stop, text, loss / 100, limit, limit: percent(limit), book.instrument.symbol)
    }

    private static func finding(
        _ kind: Kind, _ text: String, _ value: Double, _ threshold: Double, limit: String, _ symbol: Symbol?
    ) -> Finding {
        Finding(
            kind: kind, severity: value >= threshold * 1.5 ? "high" : "medium", message: "\(text); the limit is \(limit)",
            threshold: threshold, value: value, symbol: symbol)
    }

    private static func percent(_ fraction: Double) -> String { String(format: "%.2f%%", fraction * 100) }
}
