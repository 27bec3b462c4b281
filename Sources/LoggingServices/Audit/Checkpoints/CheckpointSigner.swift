import CacheServices
public import Hiredis
public import Logging
import NIOPosix
import Synchronization

/// Signs the trail: writes a checkpoint every so many events, every so often while there are events, and at a clean end.
///
/// Of all processes one holds the lease at a time; another one takes over within the lease's duration when it falls silent. A checkpoint
/// goes into Redis in one step that checks the lease and the checkpoint before, so that a holder that was paused writes nothing any more.
///
///     let signer = CheckpointSigner(client, settings: settings)
///     // In a service group: after the client, before whatever appends, so that it ends when everything is appended.
///     try await ServiceGroup(services: [client, signer, auditLogger], logger: logger).run()
///
/// Nothing starts before ``run()``.
public final class CheckpointSigner: Sendable {
    struct State {
        var isHolder = false
        /// The newest checkpoint that this process knows of, here or in its state directory.
        var own: Checkpoint?
        var continuation: CheckpointContinuation?
        /// What was said last about what hinders: one line for each change.
        var trouble: String?
        var isAnchorWritten = true
        var isAnchorRead = true
    }

    let client: RedisClient
    let store: CheckpointStore
    let settings: AuditSettings
    let leaseDuration: Duration
    let logger: Logger
    /// Who holds the lease.
    let token = WriterID.make().rawValue
    let state = Mutex(State())

    /// - Parameters:
    ///   - settings: key, intervals, cap and state directory.
    ///   - leaseDuration: the time within which another process takes over.
    public init(
        _ client: RedisClient, settings: AuditSettings, leaseDuration: Duration = .seconds(10),
        logger: Logger = Logger(label: "usdcop.audit.signer")
    ) {
        self.client = client
        self.settings = settings
        self.leaseDuration = leaseDuration
        self.logger = logger
        store = CheckpointStore(client, namespace: settings.namespace)
    }

    /// Whether this process holds the lease, as far as it knows.
    public var isHolder: Bool { state.withLock { $0.isHolder } }

    /// Writes a checkpoint of everything up to now, whoever holds the lease.
    ///
    /// - Returns: the checkpoint; `nil` when there is nothing new, and for a process without a key where the newest one is signed.
    /// - Throws: ``AuditError`` when the trail cannot be read or the checkpoint not written.
    @discardableResult
    public func checkpointNow() async throws(AuditError) -> Checkpoint? {
        do {
            guard try await !isOutranked() else { return nil }
            return try await client.withDedicatedConnection { connection in
                let reading = StreamReading(connection: connection, timeout: .seconds(2))
                guard isHolder else { return try await sign(reading, token: nil) }
                do {
                    return try await sign(reading, token: token)
                } catch is LeaseLost {
                    return try await sign(reading, token: nil)
                }
            }
        } catch let error as CacheError {
            throw AuditError(error.code == .dataConflict ? .dataConflict : .unavailable, error.message, underlying: error)
        } catch {
            throw AuditError(.unavailable, "The checkpoint could not be written: \(error)")
        }
    }

    /// Whether the trail is signed and this process has no key: an unsigned checkpoint of its would look like a signature taken away.
    func isOutranked() async throws(CacheError) -> Bool {
        guard settings.signingKey == nil else { return false }
        return try await store.newest(1).first.flatMap(Checkpoint.init)?.signature != nil
    }

    /// Another process holds the lease.
    struct LeaseLost: Error {}

    /// Prepares and writes one checkpoint; `nil` when there is nothing new.
    func sign(_ reading: StreamReading, token: String?) async throws -> Checkpoint? {
        for _ in 0..<5 {
            let base = try await continuation()
            guard let checkpoint = try await prepare(reading, base) else { return nil }
            let addition: CheckpointStore.Addition
            do throws(CacheError) {
                addition = try await store.add(checkpoint, after: base.entryID, token: token)
            } catch {
                // It may be there or not: the next look tells.
                forgetContinuation()
                throw error
            }
            switch addition {
            case .added(let id):
                state.withLock { state in
                    state.continuation = CheckpointContinuation(after: checkpoint, entryID: id)
                    state.own = checkpoint
                }
                await writeAnchor(checkpoint)
                return checkpoint
            case .fenced: throw LeaseLost()
            case .moved: forgetContinuation()
            }
        }
        throw CacheError(.contention, "Other processes kept writing checkpoints.")
    }

    /// Everything after the checkpoint before, as of one look at the stream.
    private func prepare(_ reading: StreamReading, _ base: CheckpointContinuation) async throws -> Checkpoint? {
        let info = try await reading.info(store.eventsKey)
        // A stream that ends before what was signed is another one: it is signed from its beginning.
        let from = info.lastID < base.from ? StreamID.zero : base.from
        var draft = CheckpointDraft(key: settings.signingKey)
        try await reading.entries(store.eventsKey, after: from, through: info.lastID) { page in
            for entry in page { draft.add(entry) }
        }
        guard draft.last != nil else { return nil }
        let statement = draft.statement(
            continuing: base, from: from, info: info, cap: max(1, settings.maximumEvents), at: .now)
        if statement.skipped > 0 {
            logger.warning("events were trimmed before they were signed", metadata: ["events": "\(statement.skipped)"])
        }
        return Checkpoint(statement, key: settings.signingKey)
    }

    /// Where the newest checkpoint in Redis, or what this process knows of it, ends.
    func continuation() async throws -> CheckpointContinuation {
        if let known = state.withLock({ $0.continuation }) { return known }
        await readAnchor()
        let newest = try await store.newest(20)
        let own = state.withLock { $0.own }
        let base = CheckpointContinuation(newest: newest, own: own, key: settings.signingKey)
        if let lost = base.lost {
            logger.error("Redis lost checkpoints; the next one says so", metadata: ["newest_known": "\(lost.number)"])
        }
        if let found = newest.first.flatMap(Checkpoint.init), found.number > own?.number ?? 0,
            CheckpointContinuation.isProven(found, settings.signingKey)
        {
            state.withLock { $0.own = found }
            await writeAnchor(found)
        }
        state.withLock { $0.continuation = base }
        return base
    }

    func forgetContinuation() { state.withLock { $0.continuation = nil } }
}
