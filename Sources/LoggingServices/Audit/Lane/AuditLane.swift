import CacheServices
import DequeModule
import Foundation
import Hiredis
import Logging
import NIOPosix

/// The one ordered lane of a process into the trail: it numbers, chains, journals and sends events, and nothing overtakes.
actor AuditLane {
    /// The most events of one step.
    static let batchLimit = JournalDelivery.batchLimit
    /// A writer that was silent for so long may have been pruned from Redis: a new one goes on.
    static let longestSilence = Duration.seconds(86_400)
    /// How long the end may take for what is still on the disk.
    private static let endTime = Duration.seconds(5)

    nonisolated let mailbox = LaneMailbox()
    nonisolated let backend: AuditBackend
    let directory: JournalDirectory?
    let pool: NIOThreadPool
    let timeout: Duration
    /// How long delivered days of the own journal are kept; zero removes them when the next one begins.
    let retention: Duration
    let logger: Logger
    var chain = WriterChain(.make())
    var mode = LaneMode.direct
    var journal: Journal?
    /// Events that go again before any other.
    var again: [LaneSubmission] = []
    /// Events that go again before any other, once there are others: Redis was away when they were to go.
    var parked: [LaneSubmission] = []
    /// Whether the last write of the journal failed; said once each way.
    var isJournalFailing = false
    /// Where the journal has the first event that Redis did not take; `nil` for its beginning.
    var spoolStart: JournalPosition?
    /// Whether the writer may be forgotten at the end: after an unknown outcome a late copy of its first step could still arrive, and only a
    /// writer that Redis knows is protected against that.
    var mayRetire = true
    /// Failed deliveries in a row.
    var refusals = 0
    /// Why the last delivery failed; said when it changes.
    var lastRefusal: String?
    /// Whether Redis takes what is on the disk. New events then wait for their patience's length: the disk answers faster than Redis takes
    /// events, and would be ahead for ever.
    var isCatchingUp = false
    private var lastWork = ContinuousClock.now
    /// The day of the journal that was written to last.
    var day = ""
    /// Records that were delivered since Redis went away.
    var deliveredLate = 0

    init(
        _ backend: AuditBackend, directory: JournalDirectory?, pool: NIOThreadPool, timeout: Duration, retention: Duration, logger: Logger
    ) {
        self.backend = backend
        self.directory = directory
        self.pool = pool
        self.timeout = timeout
        self.retention = retention
        self.logger = logger
    }

    /// Works until the mailbox is closed and empty.
    func run() async {
        await openJournal()
        await withDiscardingTaskGroup { group in
            var isDelivering = false
            while true {
                let waits = isCatchingUp && isDelivering && !mailbox.hasWaited(longerThan: patience)
                let contents = await mailbox.next(waits ? 0 : Self.batchLimit)
                if let outcome = contents.delivery {
                    isDelivering = false
                    await handle(outcome)
                }
                if !contents.submissions.isEmpty || !again.isEmpty { await take(contents.submissions) }
                // Whoever adopts the journal of a killed process begins where it really was.
                if mailbox.isIdle { await journal?.writeCursor() }
                if contents.isFinal { break }
                if !isDelivering, let delivery {
                    isDelivering = true
                    let pause = refusals == 0 ? Duration.zero : .milliseconds(min(500, 10 << min(refusals, 6)))
                    group.addTask { [mailbox] in
                        try? await Task.sleep(for: pause)
                        guard !Task.isCancelled else { return }
                        mailbox.post(await delivery.attempt())
                    }
                }
            }
            group.cancelAll()
        }
        // The end cut a delivery short; only what it still brought counts.
        if let outcome = mailbox.takeDelivery(), case .delivered = outcome { await handle(outcome) }
        await finish()
    }

    private var delivery: JournalDelivery? {
        switch mode {
        case .direct: nil
        case .spooling(let delivery), .holding(let delivery, _): delivery
        }
    }

    /// How long an event may have waited for its turn and still be sent: it is answered in time also if Redis then says nothing.
    private var patience: Duration { journal == nil ? timeout : timeout / 2 }

    /// Takes events in the order in which they came.
    private func take(_ submissions: [LaneSubmission]) async {
        await renewAfterSilence()
        var queue = Deque(parked + again + submissions)
        (parked, again) = ([], [])
        while let first = queue.first {
            // A signal is published in a step of its own, and so is a clearing.
            var bytes = 0
            var keys: Set<ChainHash> = []
            let together = queue.prefix { submission in
                defer { bytes += submission.size }
                // A step looks at its keys before it writes them, so that one key is in it once.
                if let key = submission.idempotency?.key, !keys.insert(key).inserted { return false }
                return !submission.standsAlone && bytes < JournalDelivery.batchBytes
            }
            let count = first.standsAlone ? 1 : together.count
            let part = Array(queue.prefix(count))
            queue.removeFirst(count)
            switch (mode, backend) {
            case (.direct, .memory(let stream)): await keep(part, in: stream)
            case (.direct, .redis(let store)) where first.submitted.duration(to: .now) > patience: await overflow(part, store)
            case (.direct, .redis(let store)): await send(part, to: store)
            case (.spooling, _): await spool(part)
            case (.holding, _): refuse(part)
            }
            queue.prepend(contentsOf: again)
            again = []
        }
    }

    /// Goes on under a new writer where the present one may have been forgotten, so that this is not taken for a loss.
    private func renewAfterSilence() async {
        defer { lastWork = .now }
        guard chain.sequence > 0, chain.isDelivered, lastWork.duration(to: .now) > Self.longestSilence, case .direct = mode else { return }
        if case .redis(let store) = backend, let last = await leave(store) { return await follow(redisKnows: last) }
        await startAnew()
    }

    /// Has Redis forget the present writer, of which it has everything; answers the last sequence that it knows where it lost some.
    private func leave(_ store: AuditStore) async -> Int? {
        guard mayRetire else { return nil }
        do {
            return try await store.retire(chain)
        } catch {
            logger.info("the writer of the audit trail could not retire; it is pruned later", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// Refuses events for which somebody waits, and keeps the others.
    func refuse(_ submissions: [LaneSubmission], _ reason: AuditError? = nil) {
        for submission in submissions { submission.refuse(reason ?? (isJournalFailing ? .journalFailing : .away)) }
        parked += submissions.filter { $0.reply == nil }
    }

    /// Numbers and chains events.
    func link(_ submissions: [LaneSubmission]) -> [LaneItem] {
        submissions.map { submission in
            LaneItem(record: chain.append(submission.bytes(chain), idempotency: submission.idempotency), submission: submission)
        }
    }

    private func keep(_ submissions: [LaneSubmission], in stream: InMemoryEventStream) async {
        for item in link(submissions) {
            if item.submission.clearing != nil { _ = try? await stream.trim(to: 0) }
            let id = try? await stream.append(item.record.fields)
            chain.acknowledge(item.record.sequence, item.record.hash)
            item.submission.answer(.recorded(id, chain.writer, sequence: item.record.sequence, nil))
        }
    }

    /// Brings to Redis what it takes now of what is on the disk.
    private func deliverRest() async {
        let end = ContinuousClock.now + Self.endTime
        while let delivery, ContinuousClock.now < end {
            let outcome = await delivery.attempt()
            await handle(outcome)
            guard case .delivered = outcome else { break }
        }
        if !again.isEmpty, case .direct = mode { await take([]) }
    }

    /// The end: a writer with everything in Redis retires; anything else waits on the disk for the next process.
    private func finish() async {
        await deliverRest()
        if case .direct = mode, !parked.isEmpty { await take([]) }
        if !parked.isEmpty {
            logger.warning("the audit trail ended before it could record what Redis lost", metadata: ["events": "\(parked.count)"])
        }
        guard chain.isDelivered, case .redis(let store) = backend else {
            let count = chain.sequence - chain.acknowledged
            if count > 0 {
                logger.warning(
                    "the audit trail ended with events that Redis does not have",
                    metadata: ["events": "\(count)", "journal": "\(journal == nil ? "none" : "kept for the next start")"])
            }
            await journal?.end(isDelivered: count == 0)
            return
        }
        // The cursor first: whoever adopts the journal after a crash here must not take a retired writer for a lost one.
        await journal?.flushCursor()
        if chain.sequence > 0, let last = await leave(store) {
            // The last chance to say it.
            await follow(redisKnows: last)
            await take([])
            if chain.isDelivered { _ = await leave(store) }
        }
        await journal?.end(isDelivered: chain.isDelivered)
    }
}

extension AuditError {
    static let away = AuditError(
        .notRecorded, "Redis does not take events and there is no journal that could; the event was not recorded. Try again later.")
    static let journalFailing = AuditError(
        .file, "Redis does not take events and the journal cannot be written, as on a full disk; the event was not recorded.")
    static let slow = AuditError(
        .overCapacity, "Redis takes events more slowly than they come; this one was not recorded. Try again later.")
    static let damagedKey = AuditError(
        .dataConflict, "What Redis remembers of the idempotency key cannot be read; nothing was recorded. Use a new key.")
    static let clearingUnknown = AuditError(
        .outcomeUnknown, "Redis did not answer; whether the trail was cleared is unknown. The export is kept.")
    static let clearingNeedsRedis = AuditError(.unavailable, "The trail can be cleared only while Redis is there; nothing was cleared.")
}
