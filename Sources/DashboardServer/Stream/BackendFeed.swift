import CacheServices

/// Computes the topic `backend` while somebody listens to it: at once when the state changes, and every few seconds when figures do.
struct BackendFeed: Sendable {
    /// How often the state is looked at: a lock, and no round trip. Nothing tells of its changes.
    private static let look = Duration.milliseconds(100)
    /// How often figures are read.
    private static let interval = Duration.seconds(5)
    /// How long reading the figures may take.
    private static let patience = Duration.seconds(1)

    let hub: StreamHub

    /// What is told at once when it changes.
    private struct Signature: Equatable {
        let mode: CacheStatus.Mode
        let since: Timestamp
        let reasons: [Readiness.Reason]
        let trouble: StreamTrouble?

        init(_ status: CacheStatus, _ trouble: StreamTrouble?) {
            self.trouble = trouble
            (mode, since, reasons) = (status.mode, status.since, Readiness(status).reasons)
        }
    }

    func run() async {
        var (known, last, dueAt): (Signature?, JSONValue?, ContinuousClock.Instant) = (nil, nil, .now)
        while !Task.isCancelled {
            if hub.isWanted(.backend) {
                let signature = Signature(hub.feeds.backend.client.status, hub.trouble)
                if signature != known || ContinuousClock.now >= dueAt {
                    known = signature
                    let began = ContinuousClock.now
                    let value = await value()
                    // Figures over many keys cost Redis something: no more than a twentieth of its time.
                    dueAt = .now + max(Self.interval, began.duration(to: .now) * 20)
                    if value != last {
                        last = value
                        hub.publish(StreamMessage(.backend, event: "status", key: "", value: value), isLatest: true)
                    }
                }
            } else {
                (known, last) = (nil, nil)
                hub.forgetLatest(.backend)
            }
            guard (try? await Task.sleep(for: Self.look)) != nil else { return }
        }
    }

    private func value() async -> JSONValue {
        let backend = hub.feeds.backend
        let stats = try? await Deadline.run(writes: false, within: Self.patience) { try await backend.client.getStats() }
        return await backend.value(stats, events: hub.trouble)
    }
}
