import CacheServices
import LoggingServices

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

        init(_ status: CacheStatus) {
            (mode, since, reasons) = (status.mode, status.since, Readiness(status).reasons)
        }
    }

    func run() async {
        var (known, last, dueAt): (Signature?, JSONValue?, ContinuousClock.Instant) = (nil, nil, .now)
        while !Task.isCancelled {
            if hub.isWanted(.backend) {
                let signature = Signature(hub.feeds.client.status)
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
        let client = hub.feeds.client
        let stats = try? await Deadline.run(writes: false, within: Self.patience) { try await client.getStats() }
        let status = client.status
        let isSpooling = await hub.feeds.trail.status.mode == .spooling
        let durability = isSpooling ? AuditDurability.spooled : hub.feeds.trail.durability
        return [
            "stats": stats?.jsonValue ?? .null, "backend": status.jsonValue, "durability": .string(durability.rawValue),
            "ready": .object(Readiness(status).members(of: status)),
        ]
    }
}
