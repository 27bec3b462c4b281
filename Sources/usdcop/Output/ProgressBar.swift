import Foundation

/// A bar on standard error that shows how far long work is; nothing when nobody watches.
struct ProgressBar: Sendable {
    private let title: String
    /// What `done` is when the work is done; it may grow with the work.
    var total: Int
    private let isShown: Bool
    private let clock = ContinuousClock()
    private let started: ContinuousClock.Instant
    private var drawn: ContinuousClock.Instant?

    init(_ title: String, total: Int, isShown: Bool = Console.isTerminal(STDERR_FILENO)) {
        self.title = title
        self.total = max(1, total)
        self.isShown = isShown
        started = clock.now
    }

    /// Shows a count, not oftener than every 50 ms.
    mutating func update(_ done: Int) {
        let now = clock.now
        guard isShown, drawn.map({ now - $0 >= .milliseconds(50) }) ?? true || done == total else { return }
        drawn = now
        _ = Console.write(Array(("\r" + Self.line(title, done, total, elapsed: now - started) + "\u{1B}[K").utf8), to: STDERR_FILENO)
    }

    /// Takes the bar away.
    func clear() {
        guard isShown, drawn != nil else { return }
        _ = Console.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    }

    /// The bar as text.
    static func line(_ title: String, _ done: Int, _ total: Int, elapsed: Duration) -> String {
        let width = 24
        let fraction = min(1, max(0, Double(done) / Double(max(1, total))))
        let filled = Int(fraction * Double(width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let seconds = elapsed / .seconds(1)
        let rate = seconds > 0.2 ? Int(min(1e12, Double(done) / seconds)) : nil
        let left = rate.flatMap { $0 > 0 ? NumberText.duration(.seconds(max(0, total - done) / $0)) + " left" : nil }
        let figures = ["\(Int(fraction * 100))%", "\(NumberText.integer(done))/\(NumberText.integer(total))"]
        return ([title, bar] + figures + [rate.map { "\(NumberText.integer($0))/s" }, left].compactMap(\.self)).joined(separator: "  ")
    }
}
