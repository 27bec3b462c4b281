import CacheServices
import Logging

// Redis is away: the disk answers, and what is there goes to Redis in order.

extension AuditLane {
    func beginSpooling(from position: JournalPosition, _ journal: Journal, _ store: AuditStore, reason: String) {
        let tail = JournalTail(journal, from: position, after: chain.acknowledged, promisedThrough: .max)
        mode = .spooling(JournalDelivery(store, tail: tail, timeout: timeout))
        spoolStart = position
        mayRetire = false
        refusals = 1
        lastRefusal = nil
        deliveredLate = 0
        logger.warning("Redis takes no audit events; they go to the journal", metadata: ["reason": "\(reason)"])
    }

    /// Redis is there and too slow: what has waited for too long goes to the disk, and to Redis after everything before it.
    func overflow(_ submissions: [LaneSubmission], _ store: AuditStore) async {
        if journal == nil { await openJournal() }
        let before = chain
        let items = link(submissions.filter { $0.clearing == nil })
        guard let journal, !items.isEmpty else {
            chain = before
            return refuse(submissions, .slow)
        }
        for submission in submissions where submission.clearing != nil { submission.refuse(.clearingNeedsRedis) }
        do {
            let position = try await journal.append(items.flatMap(\.lines) + [.promised(chain.sequence)], isSynced: true)
            journalWorks()
            for item in items { item.submission.answer(.spooled(chain.writer, sequence: item.record.sequence)) }
            beginSpooling(from: position, journal, store, reason: "Redis takes events more slowly than they come")
            refusals = 0
        } catch {
            journalFails(error)
            chain = before
            refuse(items.map(\.submission), .slow)
        }
    }

    /// Brings events to the disk and answers them.
    func spool(_ submissions: [LaneSubmission]) async {
        guard let journal else { return refuse(submissions) }
        for submission in submissions where submission.clearing != nil { submission.refuse(.clearingNeedsRedis) }
        let before = chain
        let items = link(submissions.filter { $0.clearing == nil })
        guard !items.isEmpty else { return }
        do {
            _ = try await journal.append(items.flatMap(\.lines) + [.promised(chain.sequence)], isSynced: true)
            journalWorks()
            for item in items { item.submission.answer(.spooled(chain.writer, sequence: item.record.sequence)) }
        } catch {
            journalFails(error)
            chain = before
            refuse(items.map(\.submission))
        }
    }

    /// Goes on with what an attempt to deliver brought.
    func handle(_ outcome: DeliveryOutcome) async {
        switch outcome {
        case .delivered(let sequence, let hash):
            deliveredLate += sequence - chain.acknowledged
            chain.acknowledge(sequence, hash)
            journal?.acknowledge(sequence)
            refusals = 0
            isCatchingUp = true
            if chain.isDelivered { recover() }
        case .caughtUp:
            // What was spooled while Redis took the last of it goes first.
            if chain.isDelivered { recover() } else { refusals += 1 }
        case .refused(let reason): refuse("Redis does not take the journal of the audit trail yet", reason)
        case .unreadable(let reason): refuse("the journal of the audit trail cannot be read", reason)
        case .lost(let lastSequence): await transplant(redisKnows: lastSequence)
        case .damagedWriter: await transplant(redisKnows: chain.acknowledged)
        case .superfluous(let sequence): await drop(sequence)
        }
    }

    /// Each reason is said once.
    private func refuse(_ what: Logger.Message, _ reason: String) {
        refusals += 1
        isCatchingUp = false
        guard reason != lastRefusal else { return }
        lastRefusal = reason
        logger.warning(what, metadata: ["reason": "\(reason)"])
    }

    private func recover() {
        mode = .direct
        refusals = 0
        lastRefusal = nil
        isCatchingUp = false
        logger.info("Redis takes audit events again", metadata: ["delivered": "\(deliveredLate)", "writer": "\(chain.writer)"])
    }

    /// Redis lost data: what it does not have goes on under a new writer.
    private func transplant(redisKnows lastSequence: Int) async {
        guard case .redis(let store) = backend else { return }
        if case .holding(_, let held) = mode {
            mode = .direct
            chain.rewind()
            again = held.map(\.unattended)
            return await follow(redisKnows: lastSequence)
        }
        guard let old = journal else { return }
        let lost = chain
        do {
            let opening = AuditEvent.redisLostData(lost, redisKnows: lastSequence)
            let copy = try await JournalTransplant.run(
                old, from: spoolStart, after: lost.acknowledged, promisedThrough: .max, opening: opening)
            journal = copy.journal
            chain = copy.chain
            spoolStart = nil
            logLoss(of: lost, redisKnows: lastSequence)
            let tail = JournalTail(copy.journal, from: nil, after: 0, promisedThrough: .max)
            mode = .spooling(JournalDelivery(store, tail: tail, timeout: timeout))
            refusals = 0
        } catch {
            journalFails(error)
            refusals += 1
        }
    }

    /// A held event is not to be recorded: those before it are, and those after it go under a new writer, for what stands in a journal
    /// under their numbers is not what would be recorded.
    private func drop(_ sequence: Int) async {
        guard case .holding(_, let held) = mode else {
            refusals += 1
            return
        }
        await startAnew()
        again = held.filter { $0.record.sequence > sequence }.map(\.unattended)
        recover()
    }
}

extension JournalItem {
    /// The same event for a new place in a chain.
    fileprivate var unattended: LaneSubmission { .unattended(record.entry, idempotency: record.idempotency, publish: publish) }
}
