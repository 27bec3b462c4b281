import CacheServices
import Logging

extension AuditLane {
    /// Starts the journal of the present writer, where there is a directory for it.
    func openJournal() async {
        guard let directory else { return }
        do {
            journal = try await Journal.create(chain.writer, acknowledged: chain.acknowledged, in: directory, on: pool)
            journalWorks()
        } catch {
            journal = nil
            journalFails(error)
        }
    }

    func journalFails(_ error: any Error) {
        guard !isJournalFailing else { return }
        isJournalFailing = true
        logger.error(
            "the journal of the audit trail cannot be written; events are kept by Redis alone, and refused while it is away",
            metadata: ["reason": "\(error)"])
    }

    func journalWorks() {
        guard isJournalFailing else { return }
        isJournalFailing = false
        logger.info("the journal of the audit trail can be written again")
    }

    /// Goes on under a new writer that follows nobody; the present one stays as far as Redis has it.
    func startAnew() async {
        await journal?.end(isDelivered: true)
        journal = nil
        chain = WriterChain(.make())
        (spoolStart, mayRetire) = (nil, true)
        await openJournal()
    }

    /// Goes on under a new writer, because Redis lost what it had acknowledged of this one.
    func follow(redisKnows lastSequence: Int) async {
        let old = chain
        // The old journal is the archive of what was lost.
        await startAnew()
        logLoss(of: old, redisKnows: lastSequence)
        again.insert(.unattended(AuditEvent.redisLostData(old, redisKnows: lastSequence).entry().json), at: 0)
    }

    func logLoss(of old: WriterChain, redisKnows lastSequence: Int) {
        logger.error(
            "Redis lost audit events that it had acknowledged; the trail goes on under a new writer",
            metadata: [
                "writer": "\(old.writer)", "acknowledged": "\(old.acknowledged)", "left": "\(lastSequence)", "follows": "\(chain.writer)",
            ])
    }
}

extension AuditEvent {
    /// The first event of the writer that follows one of which Redis lost the end.
    static func redisLostData(_ old: WriterChain, redisKnows lastSequence: Int) -> AuditEvent {
        LossRecord(
            writer: old.writer, lastSequence: old.acknowledged, lastHash: old.acknowledgedHash,
            lost: old.acknowledged - min(lastSequence, old.acknowledged)
        ).event
    }
}
