import CacheServices

extension AuditLogger {
    /// Walks every link of the trail and every checkpoint.
    ///
    /// - Parameter anchor: the newest checkpoint as it is known outside Redis; the one in the state directory if `nil`.
    /// - Throws: ``AuditError`` when the trail cannot be read; what is wrong with it is in the verdict.
    public func verify(
        anchor: CheckpointAnchor? = nil, progress: @escaping AuditVerifier.Progress = { _, _ in }
    ) async throws(AuditError) -> AuditVerdict {
        guard let store else {
            throw AuditError(.unavailable, "The trail of this process lives in its memory only; there is nothing to verify.")
        }
        let own = settings.stateDirectory.flatMap {
            try? CheckpointAnchor.load(from: CheckpointAnchor.url(in: $0, namespace: settings.namespace))
        }
        let verifier = AuditVerifier(key: settings.signingKey, anchor: anchor ?? own, maximumEvents: settings.maximumEvents)
        return try await verifier.verify(store.client, namespace: settings.namespace, progress: progress)
    }
}
