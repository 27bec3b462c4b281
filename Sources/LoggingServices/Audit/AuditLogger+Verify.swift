import CacheServices
import NIOPosix

extension AuditLogger {
    /// Walks every link of the trail and every checkpoint.
    ///
    /// - Parameter anchor: the newest checkpoint as it is known outside Redis; the one in the state directory if `nil`.
    /// - Throws: ``AuditError`` when the trail cannot be read, and with `file` when there is an anchor that cannot; what is wrong with it is in the verdict.
    public func verify(
        anchor: CheckpointAnchor? = nil, progress: @escaping AuditVerifier.Progress = { _, _ in }
    ) async throws(AuditError) -> AuditVerdict {
        guard let store else {
            throw AuditError(.unavailable, "The trail of this process lives in its memory only; there is nothing to verify.")
        }
        var anchor = anchor
        if anchor == nil { anchor = try await ownAnchor() }
        let verifier = AuditVerifier(key: settings.signingKey, anchor: anchor, maximumEvents: settings.maximumEvents)
        return try await verifier.verify(store.client, namespace: settings.namespace, progress: progress)
    }

    private func ownAnchor() async throws(AuditError) -> CheckpointAnchor? {
        guard let directory = settings.stateDirectory else { return nil }
        do {
            return try await NIOThreadPool.singleton.runIfActive { [namespace = settings.namespace] in
                try CheckpointAnchor.loadIfPresent(in: directory, namespace: namespace)
            }
        } catch {
            throw error as? AuditError ?? AuditError(.file, "The anchor cannot be read.")
        }
    }
}
