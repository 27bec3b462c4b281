public import CacheServices

/// What an audited publish did.
public struct AuditedPublish: Sendable, Hashable {
    /// What became of the signal; `nil` while only the journal has it, because the cache takes nothing while Redis is away.
    public let result: PublishResult?
    /// The event; `nil` when the history had the signal already, so that its event is there as well.
    public let receipt: AuditReceipt?
}

extension AuditLogger {
    /// Publishes a signal and records that it was generated, in one step: either both are there or neither is.
    ///
    /// The event is recorded only when the history did not have the signal yet. While Redis is away both go as one record of the journal.
    ///
    /// - Parameters:
    ///   - event: the event of the signal, with user and address where they are known.
    ///   - cache: takes the signal while Redis is away, so that readers of this process see it.
    /// - Throws: ``AuditError``.
    public func publish(
        _ signal: Signal, to target: PublishTarget = .latestAndHistory, event: AuditEvent, cache: SignalCache
    ) async throws(AuditError) -> AuditedPublish {
        guard target.addsToHistory else {
            throw AuditError(.invalid, "Only a signal that goes to the history can be audited with its publish; nothing was recorded.")
        }
        guard store != nil else {
            let result = try await keep(signal, target, in: cache)
            return AuditedPublish(result: result, receipt: result.history == .added ? try await log(event) : nil)
        }
        let entry = event.entry()
        let bytes = try checkedBytes(event, entry)
        guard signal.timestamp <= .now + Signal.maximumFutureSkew else { throw .futureSignal }
        let content = LaneSubmission.Content.publish(bytes, JournaledPublish(signal: signal, target: target))
        let answer: Result<LaneAnswer, AuditError> = await withCheckedContinuation { continuation in
            lane.mailbox.submit(LaneSubmission(content: content, idempotency: nil, reply: continuation))
        }
        metrics.count(answer, durability)
        switch try answer.get() {
        case .recorded(let id, let writer, let sequence, let result?):
            return AuditedPublish(
                result: result,
                receipt: AuditReceipt(entry: entry, streamID: id, durability: durability, writer: writer, sequence: sequence))
        case .spooled(let writer, let sequence):
            let receipt = AuditReceipt(entry: entry, streamID: nil, durability: .spooled, writer: writer, sequence: sequence)
            return AuditedPublish(result: try? await keep(signal, target, in: cache), receipt: receipt)
        case .notAdded(let result): return AuditedPublish(result: result, receipt: nil)
        case .recorded, .remembered, .moved: throw AuditError(.invalid, "The trail was asked for something else.")
        }
    }

    private func keep(_ signal: Signal, _ target: PublishTarget, in cache: SignalCache) async throws(AuditError) -> PublishResult {
        do {
            return try await cache.publish(signal, to: target)
        } catch {
            guard error.code != .futureTimestamp else { throw .futureSignal }
            throw AuditError(
                .unavailable, "The signal could not be stored; whether its event is in the trail depends on when Redis went away.",
                underlying: error)
        }
    }
}
