public import CacheServices

/// What came to the trail since the batch before.
public struct AuditTailBatch: Sendable {
    /// Events that the filter means, oldest first; may be empty.
    public let entries: [AuditTrailEntry]
    /// Entries that hold no event that can be read.
    public let unreadable: [StreamID]
    /// Where the batch ends: whoever loses the connection goes on after it.
    public let last: StreamID
}

extension AuditTrailReader {
    /// Every event from a place on, as it comes, over a connection of its own. Ends with an error when the stream cannot be read, and with
    /// the task; whoever goes on after the last batch misses nothing that was not trimmed meanwhile.
    ///
    /// - Parameter id: the last event that is known already; ``end()`` for only those that are still to come.
    public func follow(
        _ filter: AuditFilter = AuditFilter(), after id: StreamID
    ) -> some AsyncSequence<AuditTailBatch, any Error> & Sendable {
        stream.follow(after: id).map { batch in
            var entries: [AuditTrailEntry] = []
            var unreadable: [StreamID] = []
            for stored in batch {
                guard let entry = AuditTrailEntry(stored) else {
                    unreadable.append(stored.id)
                    continue
                }
                if filter.allows(entry.entry) { entries.append(entry) }
            }
            return AuditTailBatch(entries: entries, unreadable: unreadable, last: batch.last?.id ?? id)
        }
    }

    /// The end of the trail now.
    public func end() async throws(AuditError) -> StreamID {
        do throws(CacheError) {
            return try await stream.info().lastID
        } catch {
            throw AuditError(reading: error)
        }
    }
}
