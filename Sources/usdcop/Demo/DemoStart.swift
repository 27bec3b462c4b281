import Synchronization

/// Whether the demo came as far as to serve.
final class DemoStart: Sendable {
    private let reached = Atomic(false)

    var isReached: Bool { reached.load(ordering: .acquiring) }

    func reach() { reached.store(true, ordering: .releasing) }
}
