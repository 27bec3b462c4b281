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
    }

    enum Kind: String, CaseIterable, Sendable {
        case drawdown = "MAX_DRAWDOWN"
        case volatility = "VOLATILITY"
        case exposure = "POSITION_LIMIT"
        case jump = "PRICE_JUMP"
    }

    enum Limits {
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

    /// Looks at the figures after a step.
    mutating func check(_ figures: DeskFigures, _ quote: MarketQuote) -> [Finding] {
        var findings: [Finding] = []
        func look(_ kind: Kind, _ value: Double, _ limit: Double, _ message: @autoclosure () -> String) {
            if value < limit * Limits.rearm { crossed.remove(kind) }
            guard value >= limit, crossed.insert(kind).inserted else { return }
            guard told[kind].map({ quote.moment.step - $0 >= Limits.pause }) ?? true else { return }
            told[kind] = quote.moment.step
            let severity = value >= limit * 1.5 ? "high" : "medium"
            findings.append(Finding(kind: kind, severity: severity, message: message(), threshold: limit, value: value))
        }
        look(
            .drawdown, figures.drawdown, Limits.drawdown,
            "The portfolio is \(Self.percent(figures.drawdown)) below its highest value; the limit is \(Self.percent(Limits.drawdown))")
        let volatility = figures.volatility ?? 0
        look(
            .volatility, volatility, Limits.volatility,
            "USD/COP moves with a volatility of \(Self.percent(volatility)) a year; the limit is \(Self.percent(Limits.volatility))")
        let exposure = abs(figures.exposure)
        look(
            .exposure, exposure, Limits.exposure,
            "The books are \(figures.exposure > 0 ? "long" : "short") \(NumberText.integer(Int(exposure))) USD together; the limit is \(NumberText.integer(Int(Limits.exposure)))"
        )
        let jump = quote.jump ?? 0
        look(
            .jump, abs(jump), Limits.jump,
            "USD/COP jumped by \(jump > 0 ? "+" : "−")\(Self.percent(abs(jump))) within a minute, to \(NumberText.amount(quote.price))")
        return findings
    }

    private static func percent(_ fraction: Double) -> String { String(format: "%.2f%%", fraction * 100) }
}
