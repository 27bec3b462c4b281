import CacheServices
import Foundation
import Hiredis
import Logging
import NIOPosix

/// Delivers what dead writers left on the state directory, and removes delivered journals when their time is over.
struct JournalAdopter: Sendable {
    /// Time between two looks for journals without a living process.
    static let interval = Duration.seconds(30)
    /// Refusals in a row after which a journal waits for the next look, so that it does not stand in front of the others.
    private static let patience = 20

    let store: AuditStore
    let directory: JournalDirectory
    let pool: NIOThreadPool
    let timeout: Duration
    /// How long delivered journals are kept; zero removes them at once.
    let retention: Duration
    let logger: Logger
    /// Ends when the first look is over.
    let firstLook = AsyncStream.makeStream(of: Void.self)

    /// Looks now and every half minute, until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            // Originals before their copies: in the second round a copy finds what became of its original.
            for _ in 0..<2 {
                for writer in await undelivered() where !Task.isCancelled { await adopt(writer) }
            }
            firstLook.continuation.finish()
            await removeOld()
            try? await Task.sleep(for: Self.interval)
        }
    }

    private func undelivered() async -> [WriterID] {
        (try? await pool.runIfActive { directory.undelivered() }) ?? []
    }

    private func removeOld() async {
        let limit = Date(timeIntervalSinceNow: -Double(retention.components.seconds))
        let removed = (try? await pool.runIfActive { directory.removeDelivered(before: limit) }) ?? 0
        if removed > 0 { logger.info("delivered journals of the audit trail were removed", metadata: ["files": "\(removed)"]) }
    }

    /// Delivers the rest of a dead writer's journal; nothing happens while its process lives.
    private func adopt(_ writer: WriterID) async {
        do {
            guard let journal = try await Journal.adopt(writer, in: directory, on: pool) else { return }
            let count = try await deliver(journal)
            if count > 0 {
                logger.info(
                    "the journal of a dead writer was delivered", metadata: ["writer": "\(writer)", "events": "\(count)"])
            }
        } catch is CancellationError {
            return
        } catch {
            logger.error(
                "the journal of a dead writer cannot be delivered", metadata: ["writer": "\(writer)", "reason": "\(error)"])
        }
    }

    private func deliver(_ found: Journal) async throws -> Int {
        var journal = found
        let survey = try await journal.read { [journal] in try JournalSurvey(journal.directory, writer: journal.writer) }
        if survey.damagedLines > 0 || survey.promisedThrough > survey.lastSequence {
            logger.error(
                "the journal of a dead writer is damaged; what can be read is delivered",
                metadata: [
                    "writer": "\(journal.writer)", "unreadable_lines": "\(survey.damagedLines)",
                    "missing_events": "\(max(0, survey.promisedThrough - survey.lastSequence))",
                ])
        }
        if let original = survey.continues {
            guard await !undelivered().contains(original) else { return 0 }
            let source = try await journal.read { [journal] in try JournalSurvey(journal.directory, writer: original) }
            guard source.lastSequence == 0 || source.withdrawnTo == journal.writer else {
                // The original does not know this copy: a crash left it unfinished, and the original went another way.
                await journal.discard()
                return 0
            }
        }
        let last = min(survey.lastSequence, (survey.withdrawnFrom ?? .max) - 1)
        let head = try await self.head(of: journal.writer)
        let isLost = (head?.sequence ?? 0) < journal.acknowledged
        // A writer that Redis does not know any more, and of which nothing is left, ended in order and was killed on the last steps.
        guard last > journal.acknowledged || (isLost && head != nil) else {
            await journal.end(isDelivered: true)
            return 0
        }
        if let head, head.sequence > journal.acknowledged, try await hash(of: head.sequence, in: journal) == head.hash {
            journal.acknowledge(head.sequence)
        }
        var after = journal.acknowledged
        var delivered = 0
        var promised = survey.promisedThrough
        var through = Int.max
        if isLost {
            let opening = try await opening(of: journal, redisKnows: head?.sequence ?? 0)
            let copy = try await JournalTransplant.run(journal, after: after, promisedThrough: promised, opening: opening)
            (journal, after, promised) = (copy.journal, 0, copy.promisedThrough)
        } else {
            through = last
        }
        var tail = JournalTail(journal, from: nil, after: after, promisedThrough: promised, through: through)
        var delivery = JournalDelivery(store, tail: tail, timeout: timeout)
        var refusals = 0
        while true {
            try Task.checkCancellation()
            switch await delivery.attempt() {
            case .delivered(let sequence, _):
                delivered += max(0, sequence - max(after, journal.acknowledged))
                journal.acknowledge(sequence)
                refusals = 0
                continue
            case .caughtUp:
                await journal.end(isDelivered: true)
                return delivered
            case .lost(let lastSequence):
                let opening = try await opening(of: journal, redisKnows: lastSequence)
                let copy = try await JournalTransplant.run(
                    journal, after: journal.acknowledged, promisedThrough: promised, opening: opening)
                (journal, after, promised) = (copy.journal, 0, copy.promisedThrough)
            case .damagedWriter:
                let copy = try await JournalTransplant.run(
                    journal, after: journal.acknowledged, promisedThrough: promised, opening: nil)
                (journal, after, promised) = (copy.journal, 0, copy.promisedThrough)
            case .superfluous(let sequence):
                // Its request had been recorded elsewhere, or its signal was there: the chain behind it cannot go on.
                let copy = try await JournalTransplant.run(journal, after: sequence, promisedThrough: promised, opening: nil)
                (journal, after, promised) = (copy.journal, 0, copy.promisedThrough)
            case .refused(let reason), .unreadable(let reason):
                refusals += 1
                guard refusals < Self.patience else { throw JournalStandstill(reason: reason) }
                try await Task.sleep(for: .milliseconds(min(500, 10 << min(refusals, 6))))
                continue
            }
            tail = JournalTail(journal, from: nil, after: 0, promisedThrough: promised)
            delivery = JournalDelivery(store, tail: tail, timeout: timeout)
        }
    }

    private func head(of writer: WriterID) async throws -> WriterHead? {
        var refusals = 0
        while true {
            do {
                return try await store.head(of: writer)
            } catch let error as RedisError {
                guard error.code != .cancelled, error.code != .shutDown else { throw CancellationError() }
                refusals += 1
                try await Task.sleep(for: .milliseconds(min(500, 10 << min(refusals, 6))))
            }
        }
    }

    /// The first event of the writer that goes on for one of which Redis lost the end.
    private func opening(of journal: Journal, redisKnows lastSequence: Int) async throws -> AuditEvent {
        let acknowledged = journal.acknowledged
        let hash = try await hash(of: acknowledged, in: journal) ?? .zero
        return LossRecord(
            writer: journal.writer, lastSequence: acknowledged, lastHash: hash, lost: acknowledged - min(lastSequence, acknowledged)
        ).event
    }

    /// The hash of a record as the journal has it; `nil` where it has none.
    private func hash(of sequence: Int, in journal: Journal) async throws -> ChainHash? {
        try await journal.read { [journal] in
            var reader = JournalReader(journal.directory, writer: journal.writer)
            while let line = try reader.next() {
                if case .record(let record) = line, record.writer == journal.writer, record.sequence == sequence { return record.hash }
            }
            return nil
        }
    }
}

/// Redis kept refusing a journal, or it cannot be read on; it is tried again at the next look.
struct JournalStandstill: Error, CustomStringConvertible {
    let reason: String

    var description: String { "\(reason); it is tried again in half a minute" }
}
