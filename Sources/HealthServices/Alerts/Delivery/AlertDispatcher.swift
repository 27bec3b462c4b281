import CacheServices
import Logging
import LoggingServices
import ServiceLifecycle
import Synchronization

/// Tells the alerts of the stream to every channel, at least once each, and records what became of them.
///
/// The stream is all that it knows when it begins: whichever process leads next goes on where the one before ended. What was told and not
/// yet recorded when a process died is told again under the same identity.
///
/// While Redis is away it goes on with what it knows, and with what this process sees for itself; what became of that goes to the spool.
final class AlertDispatcher: Sendable {
    struct State {
        /// The term for which the outbox was read; `nil` while it is not known.
        var term: Int?
        var outbox = AlertOutbox()
        var time: ServerTime?
        var lanes: [AlertLane]
        /// Whether it works for this process alone.
        var isAlone = false
        var isStopping = false
    }

    /// What one channel is to do.
    struct Job: Sendable {
        let place: Int
        let step: AlertLane.Step
        /// `nil` for one of this process alone.
        let term: Int?
    }

    let store: AlertStore
    let spool: AlertSpool
    let channels: [any AlertChannel]
    let leadership: Leadership
    let logger: Logger
    let state: Mutex<State>
    private static let page = 500

    init(
        _ store: AlertStore, spool: AlertSpool, channels: [any AlertChannel], rules: AlertRules, leadership: Leadership, logger: Logger
    ) {
        self.store = store
        self.spool = spool
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
        let standing = leadership.standing()
        return state.withLock { state in
            guard !state.isStopping else { return [] }
            if state.isAlone != (standing == .alone) {
                state.isAlone = standing == .alone
                for place in state.lanes.indices { state.lanes[place].begin() }
            }
            switch standing {
            case .leads(let term):
                guard state.term == term, let now = state.time?.now else { return [] }
                return state.jobs(term, at: now)
            case .alone:
                let now = state.time?.now ?? .now
                for change in spool.changes { state.outbox.add(change.alert, at: now) }
                return state.jobs(nil, at: now)
            case .follows:
                // What this process knew as a leader is another one's to tell; it grows old here.
                if state.term == nil { state.outbox = AlertOutbox() }
                return []
            case .unknown: return []
            }
        }
    }

    func perform(_ job: Job) async {
        switch job.step {
        case .rest: break
        case .record(let deliveries):
            for delivery in deliveries { await record(delivery, job) }
        case .attempt(let alert) where job.term == nil:
            guard spool.begin() else { break }
            if let delivery = await attempt(alert, job) { await record(delivery, job) }
            spool.finish()
        case .attempt(let alert):
            if let delivery = await attempt(alert, job) { await record(delivery, job) }
        }
        state.withLock { $0.lanes[job.place].rest() }
    }

    private func attempt(_ alert: Alert, _ job: Job) async -> AlertDelivery? {
        // A process that was stopped for a while learns here that it does not lead any more.
        let isDue = job.term.map(leadership.holds) ?? true
        let attempt = isDue ? await channels[job.place].send(alert) : .abandoned
        let draw = Double.random(in: 0...1)
        if case .postponed(let code, _) = attempt {
            logger.debug(
                "an alert could not be delivered yet",
                metadata: ["id": "\(alert.id)", "channel": "\(channels[job.place].name)", "reason": "\(code)"])
        }
        return state.withLock { state in
            state.lanes[job.place].finish(alert, attempt, at: state.time?.now ?? .now, draw: draw)
        }
    }

    private func add(_ entry: StreamEntry, to outbox: inout AlertOutbox) {
        if !outbox.add(entry) {
            logger.warning("the stream of alerts has an entry that cannot be read", metadata: ["entry": "\(entry.id)"])
        }
    }
}

extension AlertDispatcher.State {
    fileprivate mutating func jobs(_ term: Int?, at now: Timestamp) -> [AlertDispatcher.Job] {
        lanes.indices.compactMap { place in
            let step = lanes[place].next(outbox, at: now)
            return step == .rest ? nil : AlertDispatcher.Job(place: place, step: step, term: term)
        }
    }
}
