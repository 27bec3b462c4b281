package import CacheServices
public import Foundation
import Synchronization

/// What clearing the trail did.
public struct AuditClearance: Sendable, Hashable {
    /// Events that were removed from the stream.
    public let count: Int
    /// The export that was made first: NDJSON that `verify` takes.
    public let archive: URL
    /// The entry that records the clearing, and alone is left.
    public let receipt: AuditReceipt

    /// The reason that a clearing gives.
    package static let reason = TextRule(maximumLength: 512)
}

extension AuditLogger {
    /// How often events of other processes that arrive between the end of the export and the clearing may delay it.
    private static let clearingAttempts = 100

    /// Exports the trail and then removes everything from it but a record of the clearing.
    ///
    /// Nothing is removed that the export does not have: the last part of it is made in the turn of the clearing, while the events of this
    /// process wait, and when one of another process arrives all the same it is exported, too.
    ///
    /// - Parameters:
    ///   - reason: why, 1 to 512 printable characters; it stays in the trail.
    ///   - archive: where to export to; a new file in the state directory if `nil`.
    /// - Throws: ``AuditError``; nothing was cleared then and the export is removed, unless its code is `outcomeUnknown`. `misconfigured` where
    ///   there is no place for the export, and for a process without the key of a trail that is signed.
    public func clearAuditTrail(
        reason: String, userID: String? = nil, ipAddress: String? = nil, archive: URL? = nil
    ) async throws(AuditError) -> AuditClearance {
        if let code = AuditClearance.reason.problem(with: reason) {
            throw AuditError(.invalid, "The reason \(AuditClearance.reason.sentence) (\(code.rawValue)); nothing was cleared.")
        }
        guard let store else { throw .clearingNeedsRedis }
        guard let file = archive ?? archiveFile() else {
            throw AuditError(
                .misconfigured, "There is no place for the export that goes before a clearing; set USDCOP_STATE_DIR. Nothing was cleared.")
        }
        let signer = signer ?? CheckpointSigner(store.client, settings: settings, logger: logger)
        let checkpoint = try await signedForClearing(signer)
        let export = try await TrailArchive.make(file, of: store.events)
        let receipt: AuditReceipt
        do throws(AuditError) {
            try await export.add()
            receipt = try await clear(export) { [settings] removed, count, chain in
                var event = ClearRecord(
                    namespace: settings.namespace, after: removed, count: count, lastCheckpoint: checkpoint, reason: reason,
                    writer: chain.writer, sequence: chain.sequence + 1, previous: chain.previous, key: settings.signingKey
                ).event
                event.userID = userID
                event.ipAddress = ipAddress
                return event.entry()
            }
        } catch {
            if error.code != .outcomeUnknown { await export.remove() }
            throw error
        }
        _ = try? await signer.checkpointNow()
        return AuditClearance(count: await export.count, archive: file, receipt: receipt)
    }

    /// Signs what is there; answers the number of the newest checkpoint.
    private func signedForClearing(_ signer: CheckpointSigner) async throws(AuditError) -> Int? {
        let newest: Checkpoint?
        do throws(CacheError) {
            newest = try await signer.store.newest(1).first.flatMap(Checkpoint.init)
        } catch {
            throw AuditError(reading: error)
        }
        guard settings.signingKey != nil || newest?.signature == nil else {
            throw AuditError(.misconfigured, "The trail is signed, and this process has no key to sign its clearing; nothing was cleared.")
        }
        return try await signer.checkpointNow()?.number ?? newest?.number
    }

    /// Makes the end of the export and the clearing in one turn of the lane, until nothing came between.
    private func clear(
        _ export: TrailArchive, record: @escaping @Sendable (_ removed: StreamID, _ count: Int, WriterChain) -> AuditLogEntry
    ) async throws(AuditError) -> AuditReceipt {
        for _ in 0..<Self.clearingAttempts {
            let made = Mutex<AuditLogEntry?>(nil)
            let answer = try await withCheckedContinuation { continuation in
                var submission = LaneSubmission(content: .clearing(after: .zero) { _ in [] }, idempotency: nil, reply: continuation)
                submission.prepare = {
                    do throws(AuditError) {
                        try await export.add()
                    } catch {
                        return .failure(error)
                    }
                    let (removed, count) = await (export.last, export.count)
                    return .success(
                        .clearing(after: removed) { chain in
                            let entry = record(removed, count, chain)
                            made.withLock { $0 = entry }
                            return entry.json
                        })
                }
                lane.mailbox.submit(submission)
            }.get()
            switch answer {
            case .recorded(let id, let writer, let sequence, _):
                guard let entry = made.withLock({ $0 }) else { throw .clearingUnknown }
                return AuditReceipt(entry: entry, streamID: id, durability: durability, writer: writer, sequence: sequence)
            case .moved: continue
            case .spooled, .remembered, .notAdded: throw .clearingUnknown
            }
        }
        throw AuditError(
            .overCapacity, "Events of other processes kept arriving, so that the export was never complete; nothing was cleared.")
    }

    private func archiveFile() -> URL? {
        settings.stateDirectory.map {
            let time = Timestamp.now.iso8601.filter(\.isNumber)
            return JournalDirectory.trail(stateDirectory: $0, namespace: settings.namespace)
                .appendingPathComponent("archive", isDirectory: true).appendingPathComponent("\(time).ndjson")
        }
    }
}
