import CacheServices

/// Moves what a journal did not deliver under a new writer, because its own chain cannot go on in Redis.
enum JournalTransplant {
    /// The new journal with the head of its chain.
    struct Copy: Sendable {
        let journal: Journal
        let chain: WriterChain
        /// The records up to this sequence were answered as spooled.
        let promisedThrough: Int
    }

    /// Copies the records after a sequence into a new journal, brings it to the disk, and only then notes in the old one that it is
    /// withdrawn and who has it. A copy that the old journal does not name is unfinished: a crash left it, and it is discarded.
    ///
    /// - Parameters:
    ///   - position: a place in the old journal before which nothing has to be looked for; its beginning if `nil`.
    ///   - after: the last sequence that stays where it is.
    ///   - promisedThrough: the records of the old journal up to this sequence were answered as spooled.
    ///   - opening: the new writer's first event, if it has one of its own.
    static func run(
        _ old: Journal, from position: JournalPosition? = nil, after: Int, promisedThrough: Int, opening: AuditEvent?
    ) async throws -> Copy {
        var chain = WriterChain(.make())
        let new = try await Journal.create(chain.writer, in: old.directory, on: old.pool)
        do {
            var lines = [JournalLine.continues(old.writer, from: after + 1)]
            if let opening { lines.append(.record(chain.append(opening.entry().json))) }
            var promised = chain.sequence
            _ = try await new.append(lines, isSynced: false)
            let tail = JournalTail(old, from: position, after: after, promisedThrough: promisedThrough)
            while case let items = try await tail.next(JournalDelivery.batchLimit), !items.isEmpty {
                let copies = items.map { item in
                    JournalItem(
                        record: chain.append(item.record.entry, idempotency: item.record.idempotency), publish: item.publish,
                        isPromised: item.isPromised)
                }
                promised = copies.last(where: \.isPromised)?.record.sequence ?? promised
                _ = try await new.append(copies.flatMap(\.lines), isSynced: false)
            }
            _ = try await new.append([.promised(promised)], isSynced: true)
            _ = try await old.append([.withdrawn(from: after + 1, to: chain.writer)], isSynced: true)
            await old.end(isDelivered: true)
            return Copy(journal: new, chain: chain, promisedThrough: promised)
        } catch {
            await new.discard()
            throw error
        }
    }
}
