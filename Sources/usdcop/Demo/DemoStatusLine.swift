import Foundation
import Synchronization

/// One line at the foot of a terminal that shows how the market and the desk are; nothing where nobody watches.
final class DemoStatusLine: Sendable {
    private let isShown: Bool
    private let drawn = Mutex<ContinuousClock.Instant?>(nil)

    init(isShown: Bool = Console.isTerminal(STDOUT_FILENO) && Console.isTerminal(STDERR_FILENO)) {
        self.isShown = isShown
    }

    /// Shows a step, not oftener than every half second.
    func show(_ step: DeskStep) {
        guard isShown, isDue() else { return }
        // The cursor goes back to the start: a record of the log takes the line's place, and the line is drawn anew below.
        write("\r\(Self.text(step))\u{1B}[K\r")
    }

    /// Takes the line away.
    func clear() {
        if isShown, drawn.withLock({ $0 }) != nil { write("\r\u{1B}[K") }
    }

    private func isDue() -> Bool {
        let now = ContinuousClock.now
        return drawn.withLock { drawn in
            guard drawn.map({ $0.duration(to: now) >= .milliseconds(500) }) ?? true else { return false }
            drawn = now
            return true
        }
    }

    private func write(_ text: String) { _ = Console.write(Array(text.utf8), to: STDOUT_FILENO) }

    /// The line, short enough for any terminal.
    static func text(_ step: DeskStep) -> String {
        let (quote, figures) = (step.quote, step.figures)
        let market = quote.moment.isOpen ? quote.regime.rawValue : "closed"
        let pnl = NumberText.integer(Int((figures.totalPnL / 1000).rounded()))
        return "\(quote.moment.text)  \(NumberText.amount(quote.price)) \(market)  PnL \(pnl)k COP  \(figures.openPositions) open"
    }
}
