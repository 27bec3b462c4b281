import CacheServices

/// What one channel does next: one thing at a time, in the order of the alerts. Pure; the clock is the server's.
///
/// - An alert that the channel's receiver was not told is tried until it is told, refused, or not worth telling any more.
/// - While the spacing of a service lasts, its alerts wait. When it ends, the newest is told, and the others are suppressed.
/// - A receiver that asked to be left alone for a while is.
/// - Without a spacing every alert is told, those of one service in their order.
struct AlertLane: Sendable {
    enum Step: Sendable, Hashable {
        case rest
        case attempt(Alert)
        case record([AlertDelivery])
    }

    private struct Tries {
        var count = 0
        let since: Timestamp
        var notBefore: Timestamp
    }

    let channel: String
    let rules: AlertRules
    private var tries: [String: Tries] = [:]
    /// What this process knows before the stream says it, and also when a server lost the record.
    private var settled: Set<String> = []
    private var told: [String: AlertOutbox.Told] = [:]
    private var isBusy = false
    /// Until then the receiver asked to be left alone.
    private var closedUntil: Timestamp?

    init(channel: String, rules: AlertRules) {
        self.channel = channel
        self.rules = rules
    }

    /// What to do now. After anything but `rest` the lane is busy until ``rest()``.
    mutating func next(_ outbox: AlertOutbox, at now: Timestamp) -> Step {
        guard !isBusy else { return .rest }
        // Only those that the stream may still hold matter.
        if settled.count >= 4 * CacheRules.alertsLength { settled = settled.filter(outbox.holds) }
        let open = open(outbox, at: now)
        let step = suppression(open, outbox, at: now) ?? attempt(open, outbox, at: now)
        isBusy = step != .rest
        return step
    }

    /// Takes in how an attempt ended.
    ///
    /// - Parameter draw: 0…1, the jitter of the next pause.
    /// - Returns: what is to be recorded; `nil` when it will be tried again.
    mutating func finish(_ alert: Alert, _ attempt: AlertAttempt, at now: Timestamp, draw: Double) -> AlertDelivery? {
        var tries = tries[alert.id] ?? Tries(since: now, notBefore: now)
        switch attempt {
        case .abandoned: return nil
        case .accepted:
            if case .service(let name, _, let state) = alert.subject { told[name] = AlertOutbox.Told(state: state, at: now) }
            return settle(alert, .sent, nil, at: now)
        case .refused(let code): return settle(alert, .failed, code, at: now)
        case .unaddressed: return settle(alert, .unsent, "no_channel", at: now)
        case .postponed(let code, let asked):
            closedUntil = asked.map { now + $0 }
            let pause = rules.retry.pause(
                afterAttempts: tries.count, elapsed: now - tries.since, draw: draw, asked: asked ?? .zero)
            guard let pause else { return settle(alert, .failed, code, at: now) }
            tries.notBefore = now + pause
            self.tries[alert.id] = tries
            return nil
        }
    }

    /// What ``next(_:at:)`` asked for is done, or given up.
    mutating func rest() { isBusy = false }

    /// Another process may have tried meanwhile: attempts are counted anew.
    mutating func begin() { tries.removeAll() }

    private func open(_ outbox: AlertOutbox, at now: Timestamp) -> [AlertOutbox.Item] {
        let unsettled = outbox.items.filter { !settled.contains($0.alert.id) && $0.results[channel] == nil }
        let border = now - (rules.memory + rules.spacing)
        return unsettled.filter { item in
            if item.added >= border || tries[item.alert.id] != nil { return true }
            // However old: a receiver that believes something else of the service is told the truth.
            guard case .service(let name, _, let state) = item.alert.subject, let told = lastTold(outbox, of: name), told.state != state
            else { return false }
            return outbox.items.last { $0.alert.service == name }?.alert.id == item.alert.id
        }
    }

    private mutating func suppression(_ open: [AlertOutbox.Item], _ outbox: AlertOutbox, at now: Timestamp) -> Step? {
        guard rules.spacing > .zero else { return nil }
        // By what they say, and not by when they came: one that was seen while Redis was away may come after the end of what it tells.
        var newest: [String: String] = [:]
        for alert in outbox.items.map(\.alert).sorted(by: { $0.at < $1.at }) {
            if let service = alert.service { newest[service] = alert.id }
        }
        let superseded = open.map(\.alert).filter { alert in alert.service.map { newest[$0] != alert.id } ?? false }
        guard !superseded.isEmpty else { return nil }
        return .record(superseded.map { settle($0, .suppressed, "superseded", at: now) })
    }

    private mutating func attempt(_ open: [AlertOutbox.Item], _ outbox: AlertOutbox, at now: Timestamp) -> Step {
        if let closedUntil, now < closedUntil { return .rest }
        var waiting: Set<String> = []
        for alert in open.map(\.alert) {
            if let service = alert.service {
                // One behind another of the same service waits for it.
                guard waiting.insert(service).inserted else { continue }
                if let told = lastTold(outbox, of: service), now < told.at + rules.spacing { continue }
            }
            var tries = tries[alert.id] ?? Tries(since: now, notBefore: now)
            guard tries.notBefore <= now else { continue }
            tries.count += 1
            self.tries[alert.id] = tries
            return .attempt(alert)
        }
        return .rest
    }

    private func lastTold(_ outbox: AlertOutbox, of service: String) -> AlertOutbox.Told? {
        [outbox.told(channel, of: service), told[service]].compactMap(\.self).max { $0.at < $1.at }
    }

    private mutating func settle(
        _ alert: Alert, _ result: AlertDelivery.Result, _ detail: String?, at now: Timestamp
    ) -> AlertDelivery {
        let tried = tries.removeValue(forKey: alert.id)?.count ?? 0
        settled.insert(alert.id)
        return AlertDelivery(
            id: alert.id, channel: channel, result: result, attempts: result == .unsent ? 0 : tried, at: now, detail: detail)
    }
}
