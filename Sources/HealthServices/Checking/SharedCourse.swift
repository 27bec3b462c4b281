import CacheServices

/// What all processes know of the changes of one service, as the hash of transitions has it.
struct SharedCourse: Sendable, Hashable {
    /// What people take the service for; `nil` while nothing has lasted yet.
    let confirmed: ServiceStatus?
    /// How the last check found it.
    let last: ServiceStatus?
    /// The fencing number under which it was last checked.
    let fence: Int
    /// How many changes have lasted so far.
    let changes: Int

    /// No count comes near; beyond it, adding one could end the process.
    private static let countable = 0..<(1 << 53)

    /// Reads a field of the hash; `nil` for one that is of another make.
    init?(stored text: String) {
        let parts = text.split(separator: " ", maxSplits: 9, omittingEmptySubsequences: false)
        guard parts.count == 10, let fence = Int(parts[4]), Self.countable.contains(fence), let changes = Int(parts[7]),
            Self.countable.contains(changes)
        else { return nil }
        confirmed = ServiceStatus(rawValue: String(parts[0]))
        last = ServiceStatus(rawValue: String(parts[1]))
        self.fence = fence
        self.changes = changes
    }

    init(confirmed: ServiceStatus?, last: ServiceStatus?, fence: Int, changes: Int) {
        self.confirmed = confirmed
        self.last = last
        self.fence = fence
        self.changes = changes
    }
}
