package import CacheServices
package import Hiredis

/// The checkpoints in Redis, and the signer's lease.
package struct CheckpointStore: Sendable {
    /// Checkpoints that Redis keeps at least; more as long as the trail has events that only they cover.
    package static let maximumLength = CacheRules.checkpointsLength

    /// What became of a checkpoint that was to be added.
    enum Addition: Sendable, Hashable {
        case added(StreamID)
        /// Another process holds the lease.
        case fenced
        /// Another checkpoint is the newest, or the trail is another one.
        case moved
    }

    let client: RedisClient
    private let schema: KeySchema

    package init(_ client: RedisClient, namespace: Namespace) {
        self.client = client
        schema = KeySchema(namespace)
    }

    var namespace: Namespace { schema.namespace }
    var eventsKey: String { schema.full(KeySchema.auditEvents) }
    var writersKey: String { schema.full(KeySchema.auditWriters) }
    var checkpointsKey: String { schema.full(KeySchema.auditCheckpoints) }
    private var lease: RedisLease { RedisLease(client, schema: schema, name: KeySchema.auditSigner) }
    private var leaseKey: String { schema.full(KeySchema.auditSigner) }

    func takeLease(token: String, for duration: Duration) async throws(CacheError) -> RedisLease.Answer {
        try await lease.take(token: token, for: duration)
    }

    func releaseLease(token: String) async throws(CacheError) { try await lease.release(token: token) }

    /// - Parameters:
    ///   - token: of the lease; `nil` for a single checkpoint outside it.
    ///   - after: the entry of the checkpoint that this one continues.
    ///   - isReturning: it was there before and is put back, whatever the trail holds now.
    func add(_ checkpoint: Checkpoint, after: StreamID?, token: String?, isReturning: Bool = false) async throws(CacheError) -> Addition {
        let reply = try await run(
            .addCheckpoint, [checkpointsKey, leaseKey, eventsKey],
            [
                .text(token ?? ""), .text(after.map { "\($0)" } ?? ""), .text(isReturning ? "" : "\(checkpoint.statement.to)"),
                .integer(Self.maximumLength), .bytes(checkpoint.body), .text(checkpoint.signature ?? ""),
            ])
        switch (reply.array?.first?.text, reply.array?.last?.text.flatMap(StreamID.init)) {
        case ("ok", let id?): return .added(id)
        case ("fenced", _): return .fenced
        case ("moved", _): return .moved
        default: throw Self.unreadable
        }
    }

    /// The newest entries of the stream of checkpoints, newest first.
    func newest(_ limit: Int, before id: StreamID? = nil) async throws(CacheError) -> [StreamEntry] {
        let end = id.map { "(\($0)" } ?? "+"
        let range: [RedisArgument] = [.text(checkpointsKey), .text(end), "-", "COUNT", .integer(limit)]
        let reply: RedisReply
        do throws(RedisError) {
            reply = try await client.send(RedisCommand("XREVRANGE", range, access: .read), timeout: .seconds(5))
        } catch {
            throw CacheError(error)
        }
        return try reply.streamEntries()
    }

    /// - Returns: how many were forgotten.
    func pruneWriters(olderThan age: Duration) async throws(CacheError) -> Int {
        let reply = try await run(.pruneAuditWriters, [eventsKey, writersKey], [.integer(age.milliseconds)])
        return Int(clamping: reply.integer ?? 0)
    }

    private func run(_ script: RedisScript, _ keys: [String], _ arguments: [RedisArgument]) async throws(CacheError) -> RedisReply {
        do throws(RedisError) {
            return try await client.run(script, keys: keys, arguments: arguments, timeout: .seconds(2))
        } catch {
            throw CacheError(error)
        }
    }

    private static let unreadable = CacheError(.dataConflict, "Redis gave an answer that a step of the checkpoints cannot have.")
}

extension Duration {
    /// Rounded down; at least 0.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return max(0, seconds.multipliedReportingOverflow(by: 1000).partialValue + attoseconds / 1_000_000_000_000_000)
    }
}
