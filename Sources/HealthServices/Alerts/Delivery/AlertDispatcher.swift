import CacheServices
import Logging
import LoggingServices
import ServiceLifecycle
import Synchronization

/// Tells the alerts of the stream to every channel, at least once each, and records what became of them.
///
/// The stream is all that it knows when it begins: whichever process leads next goes on where the one before ended. What was told and not
/// yet recorded when a process died is told again under the same identity.
final class AlertDispatcher: Sendable {
    struct State {
        /// The term for which the outbox was read; `nil` while it is not known.
        var term: Int?
        var outbox = AlertOutbox()
        var time: ServerTime?
        var lanes: [AlertLane]
        var isStopping = false
    }

    /// What one channel is to do.
    struct Job: Sendable {
        let place: Int
        let step: AlertLane.Step
        let term: Int
    }

    let store: AlertStore
    let channels: [any AlertChannel]
    let leadership: Leadership
    let logger: Logger
    let state: Mutex<State>
    private static let page = 500

    init(_ store: AlertStore, channels: [any AlertChannel], rules: AlertRules, leadership: Leadership, logger: Logger) {
        self.store = store
        self.channels = channels
        self.leadership = leadership
        self.logger = logger
        state = Mutex(State(lanes: channels.map { AlertLane(channel: $0.name, rules: rules) }))
    }

    /// Reads the whole outbox, then every entry as it comes; ends by an error or with the task.
    func follow(_ term: Int, _ woken: @Sendable () -> Void) async throws {
        defer { state.withLock { if $0.term == term { $0.term = nil } } }
        let time = ServerTime(try await store.time())
        var outbox = AlertOutbox()
        while true {
            let entries = try await store.stream.entries(after: outbox.last, limit: Self.page)
            for entry in entries { add(entry, to: &outbox) }
            if entries.count < Self.page { break }
        }
        let complete = outbox
        state.withLock { state in
            state.outbox = complete
            state.time = time
            state.term = term
            for place in state.lanes.indices { state.lanes[place].begin() }
        }
        woken()
        for try await entries in store.stream.follow(after: complete.last) {
            state.withLock { state in for entry in entries { add(entry, to: &state.outbox) } }
            woken()
        }
    }

    /// What is to be done now; each channel that gets something is busy until it is done.
    func jobs() -> [Job] {
        guard let term = leadership.fence() else { return [] }
        return state.withLock { state in
            guard state.term == term, !state.isStopping, let now = state.time?.now else { return [] }
            return state.lanes.indices.compactMap { place in
                let step = state.lanes[place].next(state.outbox, at: now)
                return step == .rest ? nil : Job(place: place, step: step, term: term)
            }
        }
    }

    func perform(_ job: Job) async {
        switch job.step {
        case .rest: break
        case .record(let deliveries):
            for delivery in deliveries { await record(delivery) }
        case .attempt(let alert):
            if let delivery = await attempt(alert, job) { await record(delivery) }
        }
        state.withLock { $0.lanes[job.place].rest() }
    }

    private func attempt(_ alert: Alert, _ job: Job) async -> AlertDelivery? {
        // A process that was stopped for a while learns here that it does not lead any more.
        let attempt = leadership.holds(job.term) ? await channels[job.place].send(alert) : .abandoned
        let draw = Double.random(in: 0...1)
        if case .postponed(let code) = attempt {
            logger.debug(
                "an alert could not be delivered yet",
                metadata: ["id": "\(alert.id)", "channel": "\(channels[job.place].name)", "reason": "\(code)"])
        }
        return state.withLock { state in
            state.lanes[job.place].finish(alert, attempt, at: state.time?.now ?? .now, draw: draw)
        }
    }

    /// Writes a record, as soon as Redis takes it; gives up only when the process ends.
    private func record(_ delivery: AlertDelivery) async {
        var reports = LogAllowance(every: .seconds(60))
        while true {
            do {
                // A task of its own: what was told is recorded also when this one is cancelled.
                try await Task { [store] in try await store.add(delivery) }.value
                return log(delivery)
            } catch {
                guard !Task.isCancelled, !state.withLock({ $0.isStopping }) else {
                    return logger.error(
                        "what became of an alert is not on record", metadata: ["id": "\(delivery.id)", "channel": "\(delivery.channel)"])
                }
                if reports.take(at: .now) != nil {
                    logger.warning("what became of an alert cannot be recorded at the moment", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    private func log(_ delivery: AlertDelivery) {
        var metadata: Logger.Metadata = [
            "id": "\(delivery.id)", "channel": "\(delivery.channel)", "attempts": "\(delivery.attempts)",
        ]
        metadata["reason"] = delivery.detail.map { "\($0)" }
        switch delivery.result {
        case .sent: logger.info("an alert was sent", metadata: metadata)
        case .failed: logger.error("an alert could not be delivered", metadata: metadata)
        case .suppressed: logger.info("an alert was suppressed", metadata: metadata)
        }
    }

    private func add(_ entry: StreamEntry, to outbox: inout AlertOutbox) {
        if !outbox.add(entry) {
            logger.warning("the stream of alerts has an entry that cannot be read", metadata: ["entry": "\(entry.id)"])
        }
    }
}
