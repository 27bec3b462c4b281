import CacheServices

/// Tells which checkpoints can be relied on: those of this trail that our key signed. Without a key every one of this trail has to do.
struct CheckpointProver: Sendable {
    let namespace: Namespace
    let key: AuditSigningKey?

    func isProven(_ checkpoint: Checkpoint) -> Bool {
        guard checkpoint.statement.namespace == namespace else { return false }
        return key.map(checkpoint.isSigned) ?? true
    }

    /// Whether a checkpoint claims our key and is not signed by it.
    func isForged(_ checkpoint: Checkpoint) -> Bool {
        guard let key, checkpoint.statement.keyName == key.name else { return false }
        return !checkpoint.isSigned(by: key)
    }
}
