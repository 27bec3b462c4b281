import CacheServices
import Hiredis

/// Reads the trail while others write and the cap trims it, in an order in which nothing can look missing that is not: what vouches for
/// events is read before the events, and what was trimmed meanwhile is forgotten.
struct LiveTrailReader {
    let store: CheckpointStore
    let key: AuditSigningKey?
    let maximumLength: Int
    let progress: @Sendable (_ done: Int, _ total: Int) -> Void

    func read(_ reading: StreamReading) async throws -> TrailEvidence {
        for _ in 0..<Self.attempts {
            var evidence = TrailEvidence(of: store.namespace)
            evidence.server = try await reading.server()
            try await readCheckpoints(reading, &evidence)
            if try await readEvents(reading, &evidence) { return evidence }
        }
        throw AuditError(
            .incomplete,
            "Everything that was read had been trimmed when the reading was over, \(Self.attempts) times; nothing was verified.")
    }

    /// How often a stream that runs away is read.
    private static let attempts = 10

    private func readCheckpoints(_ reading: StreamReading, _ evidence: inout TrailEvidence) async throws {
        evidence.checkpointsInfo = try await reading.info(store.checkpointsKey)
        var entries: [StreamEntry] = []
        try await reading.entries(store.checkpointsKey, after: .zero, through: evidence.checkpointsInfo.lastID, page: 50) {
            entries.append(contentsOf: $0)
        }
        evidence.checkpoints = entries
    }

    /// - Returns: whether something of what was read is left, or there was nothing.
    private func readEvents(_ reading: StreamReading, _ evidence: inout TrailEvidence) async throws -> Bool {
        let heads = try await reading.ask("HGETALL", [.text(store.writersKey)]).array ?? []
        let before = try await reading.info(store.eventsKey)
        var done = 0
        progress(0, before.length)
        try await reading.entries(store.eventsKey, after: .zero, through: before.lastID) { page in
            for entry in page { evidence.add(entry, key: key) }
            done += page.count
            progress(done, max(done, before.length))
        }
        let after = try await reading.info(store.eventsKey)
        if let first = after.firstID { evidence.dropEntries(before: first) }
        var stream = TrailEvidence.Stream(before: before, after: after, maximumLength: max(1, maximumLength))
        for place in stride(from: 0, to: heads.count - 1, by: 2) {
            if let known = Self.known(heads[place].text ?? "", heads[place + 1].text ?? "", &evidence) { stream.known.append(known) }
        }
        evidence.stream = stream
        return !evidence.entries.isEmpty || after.length == 0
    }

    /// Reads `<seq> <stream id> <hash>`.
    private static func known(_ name: String, _ state: String, _ evidence: inout TrailEvidence) -> TrailEvidence.KnownWriter? {
        let parts = state.split(separator: " ")
        guard parts.count == 3, let writer = WriterID(name), let sequence = AuditRecord.sequence(parts[0].utf8),
            let id = StreamID(String(parts[1])), let hash = ChainHash(String(parts[2]))
        else { return nil }
        return .init(writer: evidence.index(of: writer), sequence: sequence, id: id, hash: hash)
    }
}
