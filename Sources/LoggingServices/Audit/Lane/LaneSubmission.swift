import CacheServices

/// One event on its way into the lane, with whoever waits for the answer; nobody does where the answer was given before.
struct LaneSubmission: Sendable {
    enum Content: Sendable {
        /// The entry as it will be stored.
        case entry([UInt8])
        /// An event with the signal that it is about, for one step.
        case publish([UInt8], JournaledPublish)
        /// The event that alone is left after a clearing, made of its place in the chain; it goes only if nothing follows the stream id.
        case clearing(after: StreamID, @Sendable (WriterChain) -> [UInt8])
    }

    private(set) var content: Content
    /// Makes the content when its turn has come: no event of this process goes between that and its own step.
    var prepare: (@Sendable () async -> Result<Content, AuditError>)?
    let idempotency: IdempotencyKey?
    /// When it was handed over.
    let submitted: ContinuousClock.Instant
    let reply: (@Sendable (Result<LaneAnswer, AuditError>) -> Void)?
    /// Whether it was refused together with others, so that it goes by itself now.
    private var isSuspect = false

    init(
        content: Content, idempotency: IdempotencyKey?, submitted: ContinuousClock.Instant = .now,
        answer reply: (@Sendable (Result<LaneAnswer, AuditError>) -> Void)?
    ) {
        self.content = content
        self.submitted = submitted
        self.idempotency = idempotency
        self.reply = reply
    }

    init(content: Content, idempotency: IdempotencyKey?, reply: CheckedContinuation<Result<LaneAnswer, AuditError>, Never>) {
        self.init(content: content, idempotency: idempotency) { reply.resume(returning: $0) }
    }

    /// An event for which nobody waits.
    static func unattended(_ bytes: [UInt8], idempotency: IdempotencyKey? = nil, publish: JournaledPublish? = nil) -> LaneSubmission {
        LaneSubmission(content: publish.map { .publish(bytes, $0) } ?? .entry(bytes), idempotency: idempotency, answer: nil)
    }

    /// Bytes of the entry, as far as they are known.
    var size: Int {
        switch content {
        case .entry(let bytes), .publish(let bytes, _): bytes.count
        case .clearing: 0
        }
    }

    /// Whether nothing else may go in the same step.
    var standsAlone: Bool {
        if case .entry = content { isSuspect } else { true }
    }

    /// The same with its content made, if that was left for its turn.
    func prepared() async throws(AuditError) -> LaneSubmission {
        guard let prepare else { return self }
        var submission = self
        submission.content = try await prepare().get()
        return submission
    }

    /// The same for a step of its own.
    var alone: LaneSubmission {
        var submission = self
        submission.isSuspect = true
        return submission
    }

    var publish: JournaledPublish? {
        if case .publish(_, let publish) = content { publish } else { nil }
    }

    var clearing: StreamID? {
        if case .clearing(let last, _) = content { last } else { nil }
    }

    /// The entry at the next place of a chain.
    func bytes(_ chain: WriterChain) -> [UInt8] {
        switch content {
        case .entry(let bytes), .publish(let bytes, _): bytes
        case .clearing(_, let make): make(chain)
        }
    }

    func answer(_ answer: LaneAnswer) { reply?(.success(answer)) }
    func refuse(_ error: AuditError) { reply?(.failure(error)) }
}
