import Foundation
import Synchronization

/// A progress bar whose total is known only when the work says so; any thread may move it.
final class SharedProgressBar: Sendable {
    private let title: String
    private let isShown: Bool
    private let bar = Mutex<ProgressBar?>(nil)

    init(_ title: String, isShown: Bool = Console.isTerminal(STDERR_FILENO)) {
        self.title = title
        self.isShown = isShown
    }

    /// Shows how far the work is.
    @Sendable func update(_ done: Int, of total: Int) {
        guard isShown, total > 0 else { return }
        bar.withLock { bar in
            var moved = bar ?? ProgressBar(title, total: total, isShown: true)
            moved.total = total
            moved.update(done)
            bar = moved
        }
    }

    /// Takes the bar away.
    func clear() { bar.withLock { $0?.clear() } }
}
