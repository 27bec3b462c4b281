package import CacheServices
package import Hiredis

/// The trail in Redis: appends, heads of the writers, and the stream to read.
package struct AuditStore: Sendable {
    package let client: RedisClient
    package let schema: KeySchema
    /// `USDCOP_AUDIT_MAX_EVENTS`: the exact cap of the stream.
    package let maximumLength: Int
    /// Whether an append may remove events that others kept by a greater cap.
    private let shrinks: Bool

    package init(_ client: RedisClient, namespace: Namespace, maximumLength: Int, shrinks: Bool = true) {
        self.client = client
        self.schema = KeySchema(namespace)
        self.maximumLength = max(1, maximumLength)
        self.shrinks = shrinks
    }

    /// The stream of all events, oldest first.
    package var events: RedisEventStream {
        RedisEventStream(client, schema: schema, name: KeySchema.auditEvents, maximumLength: maximumLength, isExact: true)
    }

    /// Appends a batch in one step.
    ///
    /// - Throws: ``RedisError`` when Redis did not take it, which says whether it may have; ``CacheError`` for an answer that makes no sense.
    package func append(_ batch: AuditBatch, timeout: Duration? = nil) async throws -> AppendReply {
        let (keys, arguments) = batch.operands(schema, maximumLength: maximumLength, shrinks: shrinks)
        let reply = try AppendReply(try await client.run(.appendAudit, keys: keys, arguments: arguments, timeout: timeout))
        if case .recorded(let ids) = reply, ids.count != batch.records.count {
            throw CacheError(.dataConflict, "Redis gave an answer that an append cannot have.")
        }
        return reply
    }

    /// Publishes a signal and appends its event in one step.
    func publish(_ publish: JournaledPublish, _ batch: AuditBatch, timeout: Duration? = nil) async throws -> PublishReply {
        let signal = CacheStep.publish(publish.signal, to: publish.target).request
        let event = batch.operands(schema, maximumLength: maximumLength, shrinks: shrinks)
        let reply = try await client.run(
            .publishAudited, keys: signal.keys.map(schema.full) + event.keys, arguments: signal.arguments + event.arguments,
            timeout: timeout)
        return try PublishReply(reply)
    }

    /// Appends a record and removes everything else, if `last` is still the newest entry; answers `nil` when it is not.
    func clear(_ batch: AuditBatch, after last: StreamID, timeout: Duration? = nil) async throws -> AppendReply? {
        let (keys, arguments) = batch.operands(schema, maximumLength: 1, shrinks: true)
        let reply = try await client.run(.clearAudit, keys: keys, arguments: [.text("\(last)")] + arguments, timeout: timeout)
        return reply.array?.first?.text == "moved" ? nil : try AppendReply(reply)
    }

    /// What Redis knows of a writer; `nil` when it knows nothing.
    func head(of writer: WriterID) async throws -> WriterHead? {
        let key = schema.full(KeySchema.auditWriters)
        let reply = try await client.send(RedisCommand("HGET", [.text(key), .text(writer.rawValue)], access: .read))
        guard let text = reply.text else { return nil }
        guard let head = WriterHead(text) else {
            throw CacheError(.dataConflict, "The state of a writer of the trail cannot be read.", key: KeySchema.auditWriters)
        }
        return head
    }

    /// Forgets a writer that ended in order, if Redis has its last event.
    ///
    /// - Returns: `nil` when it is forgotten; else the last sequence that Redis knows, because it lost the rest.
    func retire(_ chain: WriterChain) async throws -> Int? {
        let arguments: [RedisArgument] = [
            .text(chain.writer.rawValue), .integer(chain.acknowledged), .bytes(chain.acknowledgedHash.hex),
        ]
        let reply = try await client.run(.retireAuditWriter, keys: [schema.full(KeySchema.auditWriters)], arguments: arguments)
        guard let last = reply.integer, last >= -1 else { throw CacheError.unexpectedReply(KeySchema.auditWriters) }
        return last == -1 ? nil : Int(clamping: last)
    }
}
