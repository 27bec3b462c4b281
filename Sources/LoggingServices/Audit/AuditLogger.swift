import CacheServices
public import CoreMetrics
import Foundation
public import Hiredis
public import Logging
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// The audit trail of the desk (Seed: AuditLogger): what was decided and done, in an order that nobody can change unseen.
///
/// Every event is chained to the one before by its hash, sent once, and answered with how safely it is kept. While Redis is away events go
/// to a journal on this machine's disk, where there is one, and to Redis in order when it is back.
///
///     let audit = AuditLogger(redis: client, settings: settings, logger: logger)   // run() starts it
///     let receipt = try await audit.logSignalGenerated(signal)
///     receipt.durability                                                          // .aofAlways, … or .spooled
public final class AuditLogger: Sendable {
    public let settings: AuditSettings
    /// Pages, counts, exports and the live tail.
    public let reader: AuditTrailReader
    let lane: AuditLane
    let idempotency = IdempotencyTable()
    let store: AuditStore?
    let memory: InMemoryEventStream?
    let logger: Logger
    let metrics: AuditMetrics
    /// Writes the checkpoints, where this process may.
    let signer: CheckpointSigner?
    let adopter: JournalAdopter?
    private let pool: NIOThreadPool

    /// - Parameters:
    ///   - redis: the connection that the process shares; `nil` keeps the trail in this process only, and says so in every answer.
    ///   - settings: cap, journal, checkpoints.
    ///   - isLasting: whether the process stays: then it signs checkpoints in its turn and delivers what dead processes left.
    ///   - metrics: where events and refusals are counted; the process' own unless given.
    public init(
        redis: RedisClient?, settings: AuditSettings, isLasting: Bool = true, logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.settings = settings
        self.logger = logger
        self.metrics = AuditMetrics(metrics)
        pool = NIOThreadPool(numberOfThreads: 1)
        guard let redis else {
            let stream = InMemoryEventStream(maximumLength: settings.maximumEvents)
            reader = AuditTrailReader(stream)
            (store, memory, adopter, signer) = (nil, stream, nil, nil)
            lane = AuditLane(
                .memory(stream), directory: nil, pool: pool, timeout: settings.appendTimeout, retention: settings.retention, logger: logger)
            return
        }
        let store = AuditStore(redis, namespace: settings.namespace, maximumLength: settings.maximumEvents, shrinks: settings.mayShrink)
        let directory = settings.stateDirectory.map { JournalDirectory(stateDirectory: $0, namespace: settings.namespace) }
        (self.store, memory) = (store, nil)
        reader = AuditTrailReader(store)
        lane = AuditLane(
            .redis(store), directory: directory, pool: pool, timeout: settings.appendTimeout, retention: settings.retention, logger: logger)
        signer = isLasting ? CheckpointSigner(redis, settings: settings, logger: logger) : nil
        adopter =
            !isLasting
            ? nil
            : directory.map {
                JournalAdopter(
                    store: store, directory: $0, pool: NIOThreadPool.singleton, timeout: settings.appendTimeout,
                    retention: settings.retention, logger: logger)
            }
    }

    /// What survives of an event that Redis takes now.
    public var durability: AuditDurability {
        guard let store else { return .none }
        return if case .ready(let info) = store.client.status { AuditDurability(info.durability) } else { .unknown }
    }

    /// Records an event, once.
    ///
    /// The event goes even when the calling task is cancelled meanwhile. It waits until ``run()`` is under way.
    ///
    /// - Parameter key: by what a repeat of the request is recognised, by all processes, for a day.
    /// - Throws: ``AuditError``; its code says whether the event may be in the trail.
    public func log(_ event: AuditEvent, idempotency key: IdempotencyKey? = nil) async throws(AuditError) -> AuditReceipt {
        do {
            let receipt = try await record(event, key)
            metrics.count(receipt)
            return receipt
        } catch {
            metrics.count(error)
            throw error
        }
    }

    private func record(_ event: AuditEvent, _ key: IdempotencyKey?) async throws(AuditError) -> AuditReceipt {
        let entry = event.entry()
        let bytes = try checkedBytes(event, entry)
        guard let key else { return try await submit(entry, .entry(bytes), nil).receipt }
        return try await idempotency.once(key) { () throws(AuditError) in try await self.submit(entry, .entry(bytes), key).receipt }
    }

    /// The bytes of the entry of an event, which does not pass itself off as one of the trail's own, and which the journal can hold.
    func checkedBytes(_ event: AuditEvent, _ entry: AuditLogEntry) throws(AuditError) -> [UInt8] {
        if event.eventType == .systemEvent, let name = event.metadata?["event"]?.text, name == LossRecord.name || name == ClearRecord.name {
            throw AuditError(.invalid, "Only the trail itself records \(name); nothing was recorded.")
        }
        let values = [event.metadata, event.beforeState, event.afterState]
        guard values.allSatisfy({ $0?.isNested(atMost: JSONParser.defaultMaximumDepth) ?? true }) else {
            throw AuditError(
                .invalid, "States and metadata are nested at most \(JSONParser.defaultMaximumDepth) deep; nothing was recorded.")
        }
        let bytes = entry.json
        guard bytes.count <= AuditLogEntry.maximumBytes else { throw .tooLarge(bytes.count) }
        return bytes
    }

    /// What the lane did with an event.
    struct Submitted: Sendable {
        let receipt: AuditReceipt
        var publish: PublishResult?
    }

    func submit(_ entry: AuditLogEntry, _ content: LaneSubmission.Content, _ key: IdempotencyKey?) async throws(AuditError) -> Submitted {
        let answer = try await withCheckedContinuation { continuation in
            lane.mailbox.submit(LaneSubmission(content: content, idempotency: key, reply: continuation))
        }.get()
        return try await submitted(entry, key, answer)
    }

    func submitted(_ entry: AuditLogEntry, _ key: IdempotencyKey?, _ answer: LaneAnswer) async throws(AuditError) -> Submitted {
        switch answer {
        case .recorded(let id, let writer, let sequence, let result):
            let receipt = AuditReceipt(entry: entry, streamID: id, durability: durability, writer: writer, sequence: sequence)
            return Submitted(receipt: receipt, publish: result)
        case .spooled(let writer, let sequence):
            return Submitted(
                receipt: AuditReceipt(entry: entry, streamID: nil, durability: .spooled, writer: writer, sequence: sequence))
        case .remembered(let remembered):
            guard remembered.fingerprint == key?.fingerprint else { throw .idempotencyConflict }
            return Submitted(receipt: try await receipt(of: remembered, instead: entry))
        case .notAdded, .moved:
            throw AuditError(.invalid, "The trail was asked for something else.")
        }
    }

    /// What an earlier request with the same key got.
    private func receipt(of remembered: RememberedRequest, instead entry: AuditLogEntry) async throws(AuditError) -> AuditReceipt {
        var found: StreamEntry?
        if let store {
            do {
                found = try await store.events.entry(remembered.streamID)
            } catch {
                throw AuditError(.unavailable, "The request was recorded before, but its entry cannot be read now.", underlying: error)
            }
        }
        let stored = found.flatMap(AuditRecord.init).flatMap { try? $0.decodedEntry() }
        return AuditReceipt(
            entry: stored ?? entry.named(remembered.auditID), streamID: stored == nil ? nil : remembered.streamID, durability: durability,
            writer: remembered.writer,
            sequence: remembered.sequence, isRepeat: true)
    }
}

extension AuditLogger: Service {
    /// Sends events, adopts the journals of dead processes, and signs checkpoints, until a graceful shutdown or the end of the task. What
    /// was accepted before is still recorded.
    public func run() async {
        pool.start()
        if let directory = lane.directory {
            // Before the first event: a repeat of a request that a killed process answered must not be recorded twice.
            _ = try? await pool.runIfActive { [idempotency] in
                JournaledRequests(directory: directory).forEach { key, receipt in idempotency.adopt(key, receipt) }
            }
        }
        idempotency.open()
        let signs = Mutex(false)
        await withTaskGroup(of: Void.self) { group in
            if let adopter { group.addTask { await adopter.run() } }
            if let signer { group.addTask { await signer.run() } }
            // A task of its own: what was accepted is recorded also when this one is cancelled.
            let work = Task { await lane.run() }
            await withTaskCancellationOrGracefulShutdownHandler {
                await work.value
            } onCancelOrGracefulShutdown: { [lane, signer] in
                signs.withLock { $0 = signer?.isHolder ?? false }
                lane.mailbox.close()
            }
            // The lane also ends by ``close()``, while the lease is still held.
            if signer?.isHolder ?? false { signs.withLock { $0 = true } }
            group.cancelAll()
        }
        // The events that were on their way when the signer ended.
        if signs.withLock({ $0 }) { _ = try? await signer?.checkpointNow() }
        try? await pool.shutdownGracefully()
    }
}

extension JSONValue {
    /// Whether arrays and objects lie in each other at most so deep.
    fileprivate func isNested(atMost depth: Int) -> Bool {
        switch self {
        case .array(let elements): depth > 0 && elements.allSatisfy { $0.isNested(atMost: depth - 1) }
        case .object(let members): depth > 0 && members.allSatisfy { $0.value.isNested(atMost: depth - 1) }
        default: true
        }
    }
}

extension AuditError {
    static let smallCap = AuditError(
        .misconfigured,
        """
        The trail holds more events than this process may keep, and recording one would remove the others; nothing was recorded. Set \
        USDCOP_AUDIT_MAX_EVENTS as the service has it.
        """)
    static let futureSignal = AuditError(
        .invalid, "The timestamp is more than 5 minutes in the future; nothing was recorded.",
        underlying: CacheError(.futureTimestamp, "The timestamp is more than 5 minutes in the future; nothing was stored."))

    static func tooLarge(_ size: Int) -> AuditError {
        AuditError(
            .tooLarge, "The entry would have \(size) bytes, and at most \(AuditLogEntry.maximumBytes) are allowed; nothing was recorded.")
    }
}
