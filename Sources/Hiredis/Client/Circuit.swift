import NIOCore

/// Counts failures in a row and decides from when on a command fails at once instead of waiting.
struct Circuit {
    /// Failures in a row after which it opens whatever time they took.
    static let failuresToOpen = 5
    /// Time of failing after which it opens with the second failure.
    static let timeToOpen = TimeAmount.seconds(1)

    private(set) var failures = 0
    private var firstFailure: NIODeadline?
    private(set) var isOpen = false

    /// - Parameter started: when the attempt began, so that one attempt that hung for its whole time-out counts as long as it took.
    mutating func failed(started: NIODeadline, now: NIODeadline) {
        failures += 1
        let first = firstFailure ?? started
        firstFailure = first
        if failures >= Self.failuresToOpen || (failures >= 2 && now - first >= Self.timeToOpen) { isOpen = true }
    }

    /// Opens it at once: waiting cannot help (wrong credentials).
    mutating func open() {
        failures += 1
        isOpen = true
    }

    mutating func succeeded() {
        self = Circuit()
    }
}
