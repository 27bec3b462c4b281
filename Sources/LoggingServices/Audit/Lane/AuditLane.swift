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
    /// Failed deliveries in a row.
    var refusals = 0
    /// Why the last delivery failed; said when it changes.
    var lastRefusal: String?
    /// Whether new events wait until the delivery under way has ended: it may bring the last of what is on the disk.
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
                let contents = await mailbox.next(isCatchingUp && isDelivering ? 0 : Self.batchLimit)
                if let outcome = contents.delivery {
                    isDelivering = false
                    await handle(outcome)
                }
                if !contents.submissions.isEmpty || !again.isEmpty { await take(contents.submissions) }
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

    /// Takes events in the order in which they came.
    private func take(_ submissions: [LaneSubmission]) async {
        await renewAfterSilence()
        var queue = Deque(parked + again + submissions)
        (parked, again) = ([], [])
        while let first = queue.first {
            // A signal is published in a step of its own, and so is a clearing.
            var bytes = 0
            let together = queue.prefix { submission in
                defer { bytes += submission.size }
                return !submission.standsAlone && bytes < JournalDelivery.batchBytes
            }
            let count = first.standsAlone ? 1 : together.count
            let part = Array(queue.prefix(count))
            queue.removeFirst(count)
            switch (mode, backend) {
            case (.direct, .memory(let stream)): await keep(part, in: stream)
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
        await startAnew()
    }

    /// Refuses events for which somebody waits, and keeps the others.
    func refuse(_ submissions: [LaneSubmission]) {
        for submission in submissions { submission.refuse(.away) }
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
        refuse(parked)
        await deliverRest()
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
        if chain.sequence > 0 {
            do {
                try await store.retire(chain.writer)
            } catch {
                logger.info("the writer of the audit trail could not retire; it is pruned later", metadata: ["reason": "\(error)"])
            }
        }
        await journal?.end(isDelivered: true)
    }
}

extension AuditError {
    static let away = AuditError(
        .notRecorded, "Redis does not take events and there is no journal that could; the event was not recorded. Try again later.")
    static let damagedKey = AuditError(
        .dataConflict, "What Redis remembers of the idempotency key cannot be read; nothing was recorded. Use a new key.")
    static let clearingUnknown = AuditError(
        .outcomeUnknown, "Redis did not answer; whether the trail was cleared is unknown. The export is kept.")
    static let clearingNeedsRedis = AuditError(.unavailable, "The trail can be cleared only while Redis is there; nothing was cleared.")
}
