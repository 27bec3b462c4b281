public import CacheServices
public import Foundation
public import Hiredis
import NIOPosix

/// Proves that the trail is what was written, or names every place where it is not.
///
///     let verifier = AuditVerifier(key: key, anchor: try .load(from: url))
///     let verdict = try await verifier.verify(client, namespace: "usdcop")
///     for found in verdict.breaks { print(found) }
///     let archive = try await verifier.verify(file: URL(fileURLWithPath: "export.ndjson"))
///
/// The live stream may be written and trimmed meanwhile: neither gives a false alarm. Of each entry little more than its hash is kept.
public struct AuditVerifier: Sendable {
    /// How far verification has come: entries done, and in all as far as known.
    public typealias Progress = @Sendable (_ done: Int, _ total: Int) -> Void

    private let key: AuditSigningKey?
    private let anchor: CheckpointAnchor?
    private let maximumEvents: Int

    /// - Parameters:
    ///   - key: checks the signatures of checkpoints and clearings; without one the verdict says that they were not checked.
    ///   - anchor: a checkpoint that was kept outside Redis.
    ///   - maximumEvents: the cap of the stream, `USDCOP_AUDIT_MAX_EVENTS`. Checkpoints name it too, and what they say goes first; where there are
    ///     none yet, one that is greater than the real one makes the cap's work look like an attacker's.
    public init(key: AuditSigningKey? = nil, anchor: CheckpointAnchor? = nil, maximumEvents: Int = AuditSettings().maximumEvents) {
        self.key = key
        self.anchor = anchor
        self.maximumEvents = maximumEvents
    }

    /// Verifies the live trail of a namespace, over a connection of its own.
    ///
    /// - Throws: ``AuditError`` when it cannot be read; `incomplete` when it is trimmed faster than it can be read.
    public func verify(
        _ client: RedisClient, namespace: Namespace, progress: @escaping Progress = { _, _ in }
    ) async throws(AuditError) -> AuditVerdict {
        let reader = LiveTrailReader(
            store: CheckpointStore(client, namespace: namespace), key: key, maximumLength: maximumEvents, progress: progress)
        do {
            let evidence = try await client.withDedicatedConnection {
                try await reader.read(StreamReading(connection: $0, timeout: .seconds(10)))
            }
            return TrailExamination.verdict(evidence, key: key, anchor: anchor?.checkpoint)
        } catch let error as AuditError {
            throw error
        } catch {
            throw AuditError(reading: error as? CacheError ?? (error as? RedisError).map { CacheError($0) } ?? Self.unread)
        }
    }

    private static let unread = CacheError(.unavailable, "The trail could not be read.")

    /// Verifies an NDJSON or JSON export, or a journal.
    ///
    /// Other programs may have formatted it anew and sorted its members; lines that name a `journal` are passed by.
    /// - Parameters:
    ///   - isFiltered: the export holds a selection, so that only its single entries can be checked.
    ///   - progress: told in bytes.
    /// - Throws: ``AuditError`` with `file` when it cannot be read, with `invalid` when it is CSV.
    public func verify(
        file: URL, isFiltered: Bool = false, progress: @escaping Progress = { _, _ in }
    ) async throws(AuditError) -> AuditVerdict {
        try await verify(files: [file], isFiltered: isFiltered, progress: progress)
    }

    /// Verifies files that belong together, such as the journals of several days, in the order in which they are given.
    public func verify(
        files: [URL], isFiltered: Bool = false, progress: @escaping Progress = { _, _ in }
    ) async throws(AuditError) -> AuditVerdict {
        do {
            return try await NIOThreadPool.singleton.runIfActive { [key, anchor] in
                let reader = RecordFileReader(key: key, progress: progress)
                var evidence = try reader.read(files)
                evidence.isFiltered = isFiltered
                return TrailExamination.verdict(evidence, key: key, anchor: anchor?.checkpoint)
            }
        } catch let error as AuditError {
            throw error
        } catch {
            throw AuditError(.file, "The file cannot be read.")
        }
    }
}
