import CacheServices
import Foundation
import Hiredis
import Logging

// Redis is there: note in the journal without waiting for the disk, send, answer.

extension AuditLane {
    /// What Redis did with the events of one step.
    private enum Step {
        case append(AppendReply)
        case published(PublishResult, StreamID?)
        case known(PublishResult)
        case moved
    }

    /// Sends events in one step; what has no answer then goes again.
    func send(_ submissions: [LaneSubmission], to store: AuditStore) async {
        var submissions = submissions
        if let first = submissions.first, first.prepare != nil {
            do throws(AuditError) {
                submissions = [try await first.prepared()]
            } catch {
                return first.refuse(error)
            }
        }
        let items = link(submissions)
        let position = await note(items)
        do {
            switch try await step(items, to: store) {
            case .append(.recorded(let ids)):
                record(items, ids)
            case .append(.duplicate(let remembered, let ids)):
                record(items, ids)
                let known = items.dropFirst(ids.count).first?.submission
                if let remembered { known?.answer(.remembered(remembered)) } else { known?.refuse(.damagedKey) }
                await stepBack(behind: items.prefix(ids.count), position)
                again = items.dropFirst(ids.count + 1).map(\.submission)
            case .append(.lost(let lastSequence, _)):
                await stepBack(behind: [], position)
                again = items.map(\.submission)
                await follow(redisKnows: lastSequence)
            case .published(let result, let id):
                record(items, [id], result)
            case .known(let result):
                for item in items { item.submission.answer(.notAdded(result)) }
                await stepBack(behind: [], position)
            case .moved:
                for item in items { item.submission.answer(.moved) }
                await stepBack(behind: [], position)
            }
        } catch {
            await fall(items, position, error, store)
        }
    }

    private func step(_ items: [LaneItem], to store: AuditStore) async throws -> Step {
        let batch = AuditBatch(items.map(\.record))
        switch items.first?.submission.content {
        case .publish(_, let publish)?:
            switch try await store.publish(publish, batch, timeout: timeout) {
            case .published(let result, let id): return .published(result, id)
            case .known(let result): return .known(result)
            case .notRecorded(let reply): return .append(reply)
            }
        case .clearing(let last, _)?:
            guard let reply = try await store.clear(batch, after: last, timeout: timeout) else { return .moved }
            return .append(reply)
        case .entry?, nil:
            return .append(try await store.append(batch, timeout: timeout))
        }
    }

    private func record(_ items: [LaneItem], _ ids: [StreamID?], _ result: PublishResult? = nil) {
        for (item, id) in zip(items, ids) {
            chain.acknowledge(item.record.sequence, item.record.hash)
            item.submission.answer(.recorded(id, chain.writer, sequence: item.record.sequence, result))
        }
        journal?.acknowledge(chain.acknowledged)
    }

    /// Steps back behind what is recorded, in the journal too.
    private func stepBack(behind kept: ArraySlice<LaneItem>, _ position: JournalPosition?) async {
        chain.rewind()
        guard let position, let journal else { return }
        do {
            try await journal.takeBack(to: position)
            if !kept.isEmpty { _ = try await journal.append(kept.flatMap(\.lines), isSynced: false) }
        } catch {
            journalFails(error)
        }
    }

    /// Writes items into the journal; answers where, or `nil` when they are not there.
    private func note(_ items: [LaneItem]) async -> JournalPosition? {
        if journal == nil { await openJournal() }
        // A clearing makes sense now or not at all: nobody may deliver it later.
        guard let journal, items.first?.submission.clearing == nil else { return nil }
        do {
            let isDelivered = chain.acknowledged + items.count == chain.sequence
            let position = try await journal.append(items.flatMap(\.lines), isSynced: false)
            journalWorks()
            if position.day != day {
                day = position.day
                // Everything of the days before is in Redis.
                if isDelivered { await journal.removeDays(before: Date(timeIntervalSinceNow: -Double(retention.components.seconds))) }
            }
            return position
        } catch {
            journalFails(error)
            return nil
        }
    }

    /// Redis did not take items: they go to the disk, or are refused.
    private func fall(_ items: [LaneItem], _ position: JournalPosition?, _ error: any Error, _ store: AuditStore) async {
        let outcome = (error as? RedisError)?.outcome ?? .unknown
        if outcome == .unknown { mayRetire = false }
        if let error = error as? RedisError, error.refusesForGood {
            // Waiting would not help, and nobody else may wait behind it.
            await stepBack(behind: [], position)
            if error.server?.code == AppendReply.damagedWriter {
                // What Redis has of this writer cannot be gone on with, but another one can begin.
                logger.error("Redis has damaged the state of the writer; another one goes on", metadata: ["writer": "\(chain.writer)"])
                await startAnew()
                again = items.map(\.submission)
            } else if items.count > 1 {
                // Only the event that it is about is refused.
                again = items.map(\.submission.alone)
            } else {
                refuse(items, for: error)
            }
            return
        }
        if items.first?.submission.clearing != nil {
            // Whether the old writer's chain has one more link, nobody here knows: another one goes on.
            if outcome == .unknown { await startAnew() } else { chain.rewind() }
            for item in items { item.submission.refuse(outcome == .unknown ? .clearingUnknown : .clearingNeedsRedis) }
            return
        }
        if let position, let journal {
            do {
                _ = try await journal.append([.promised(chain.sequence)], isSynced: true, in: position.day)
                beginSpooling(from: position, journal, store, reason: "\(error)")
                for item in items { item.submission.answer(.spooled(chain.writer, sequence: item.record.sequence)) }
                return
            } catch {
                journalFails(error)
            }
        }
        if outcome == .unknown {
            hold(items, store, reason: error)
        } else {
            await stepBack(behind: [], position)
            refuse(items.map(\.submission))
        }
    }

    private func refuse(_ items: [LaneItem], for error: RedisError) {
        let reason = CacheError(error)
        let refusal =
            switch error.server?.code {
            case AppendReply.smallCap?: AuditError.smallCap
            case "FUTURE"?: AuditError.futureSignal
            default:
                AuditError(
                    .dataConflict, "A key of the step holds another type, or something damaged; nothing was recorded.", underlying: reason)
            }
        logger.error("Redis refuses an audit event for good; it was not recorded", metadata: ["reason": "\(reason)"])
        for item in items { item.submission.refuse(refusal) }
    }

    /// Without a journal: what may be in Redis is sent again before anything else, and until then everything else is refused.
    private func hold(_ items: [LaneItem], _ store: AuditStore, reason: any Error) {
        let held = items.map { $0.journaled(isPromised: false) }
        mode = .holding(JournalDelivery(store, tail: nil, outstanding: held, timeout: timeout), held)
        refusals = 1
        logger.warning("Redis did not answer and there is no journal: new audit events are refused", metadata: ["reason": "\(reason)"])
        let unknown = AuditError(.outcomeUnknown, "Redis did not answer; whether the event was recorded is unknown.")
        for item in items { item.submission.refuse(unknown) }
    }
}
