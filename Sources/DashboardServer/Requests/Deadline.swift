/// The time within which everything that only touches Redis is answered.
///
/// What walks the whole audit trail has limits of its own. A step of one round trip ends by the time-out of its command, which is shorter; an
/// event that waits for its turn in the trail's lane goes to the disk in time. Only what takes several round trips needs this.
enum Deadline {
    static let redis = Duration.seconds(2)
    /// For walking every link of the audit trail.
    static let verification = Duration.seconds(60)
    /// For clearing the audit trail, with the export before it.
    static let clearing = Duration.seconds(60)
    /// For checks on demand: longer than the longest time-out of a probe.
    static let probes = Duration.seconds(65)
    /// For a client to take an export of the audit trail.
    static let export = Duration.seconds(300)

    /// Runs work of several round trips, and ends it when its time is over.
    ///
    /// - Throws: what the work throws, or ``Problem`` with the code `timeout`.
    static func run<Value: Sendable>(
        writes: Bool, within limit: Duration = redis, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            if let first = try await group.next(), let value = first { return value }
            throw Problem(.timeout, "Redis took longer than \(limit).", outcome: writes ? .unknown : .notRecorded)
        }
    }
}
