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
    var prover: CheckpointProver { CheckpointProver(namespace: settings.namespace, key: settings.signingKey) }

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
        } catch {
            throw AuditError(checkpoint: error)
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
            let base = try await continuation(reading)
            var prepared = base.returning
            if prepared == nil { prepared = try await prepare(reading, base) }
            guard let checkpoint = prepared else { return nil }
            switch try await add(checkpoint, base, token: token) {
            case .added(let id):
                state.withLock { state in
                    state.continuation = CheckpointContinuation(after: checkpoint, entryID: id)
                    state.own = checkpoint
                }
                await writeAnchor(checkpoint)
                if base.returning == nil { return checkpoint }
            case .fenced: throw LeaseLost()
            case .moved: forgetContinuation()
            }
        }
        throw CacheError(.contention, "Other processes kept writing checkpoints.")
    }

    private func add(
        _ checkpoint: Checkpoint, _ base: CheckpointContinuation, token: String?
    ) async throws(CacheError) -> CheckpointStore.Addition {
        do throws(CacheError) {
            return try await store.add(checkpoint, after: base.entryID, token: token, isReturning: base.returning != nil)
        } catch {
            // It may be there or not: the next look tells.
            forgetContinuation()
            throw error
        }
    }

    /// Everything after the checkpoint before, as of one look at the stream.
    private func prepare(_ reading: StreamReading, _ base: CheckpointContinuation) async throws -> Checkpoint? {
        for attempt in 1... {
            let info = try await reading.info(store.eventsKey)
            // A stream that ends before what was signed is another one: it is signed from its beginning.
            let from = info.lastID < base.from ? StreamID.zero : base.from
            var draft = CheckpointDraft(from: from, settings: settings)
            try await reading.entries(store.eventsKey, after: from, through: info.lastID) { page in
                for entry in page { draft.add(entry) }
            }
            if draft.wasOvertaken(info), attempt < Self.preparations { continue }
            guard draft.last != nil else { return nil }
            let server = try await reading.server()
            let statement = draft.statement(continuing: base, info: info, server: server, at: .now)
            if statement.skipped > 0 {
                logger.warning("events were trimmed before they were signed", metadata: ["events": "\(statement.skipped)"])
            }
            return Checkpoint(statement, key: settings.signingKey)
        }
        return nil
    }

    /// How often a stream whose front runs away is read anew.
    private static let preparations = 3

    /// Where the newest checkpoint in Redis, or what this process knows of it, ends.
    func continuation(_ reading: StreamReading) async throws -> CheckpointContinuation {
        if let known = state.withLock({ $0.continuation }) { return known }
        await readAnchor()
        let newest = try await newestDownToProven()
        let own = state.withLock { $0.own }
        let held = newest.last.flatMap(Checkpoint.init).flatMap { prover.isProven($0) ? $0 : nil }
        var remains = SignedRemains.Judgement.beginning
        if let own, prover.isProven(own), own.number > held?.number ?? 0 { remains = try await self.remains(of: own, reading) }
        var base = CheckpointContinuation(newest: newest, own: own, prover: prover, remains: remains)
        if let lost = base.lost {
            logger.error("Redis lost checkpoints; the next one says so", metadata: ["newest_known": "\(lost.number)"])
        } else if let returning = base.returning {
            logger.error("a checkpoint was gone from Redis; it is put back", metadata: ["number": "\(returning.number)"])
        }
        if let held, newest.count == 1 {
            // Until a checkpoint says so, verification does not know that the cap is another one.
            if held.statement.maximumLength != max(1, settings.maximumEvents) { base.isUrgent = true }
            if held.number > own?.number ?? 0 {
                state.withLock { $0.own = held }
                await writeAnchor(held)
            }
        }
        state.withLock { [base] in $0.continuation = base }
        return base
    }

    /// The newest checkpoints, newest first, up to the first one that can be gone on from.
    private func newestDownToProven() async throws(CacheError) -> [StreamEntry] {
        var found: [StreamEntry] = []
        while case let page = try await store.newest(20, before: found.last?.id), !page.isEmpty {
            if let place = page.firstIndex(where: { Checkpoint($0).map(prover.isProven) ?? false }) { return found + page[...place] }
            found += page
        }
        return found
    }

    /// What is left of the events of a checkpoint. The same run of Redis has lost nothing: then somebody took it away.
    private func remains(of checkpoint: Checkpoint, _ reading: StreamReading) async throws -> SignedRemains.Judgement {
        let running = try await reading.server()
        if let server = checkpoint.statement.server, server == running { return .other }
        let info = try await reading.info(store.eventsKey)
        var entries: [StreamEntry] = []
        try await reading.entries(store.eventsKey, after: checkpoint.statement.from, through: checkpoint.statement.to) { entries += $0 }
        return SignedRemains.judge(checkpoint.statement, entries, info)
    }

    func forgetContinuation() { state.withLock { $0.continuation = nil } }
}

extension AuditError {
    /// Why a checkpoint could not be written.
    init(checkpoint error: any Error) {
        let cause = error as? CacheError ?? (error as? RedisError).map { CacheError($0) }
        let code = cause?.code == .dataConflict ? Code.dataConflict : .unavailable
        self.init(code, cause?.message ?? "The checkpoint could not be written.", underlying: cause)
    }
}
