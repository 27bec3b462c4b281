import CacheServices
import HealthServices

/// Computes the topic `latency` once a second while somebody listens to it, and tells it when something changed.
struct LatencyFeed: Sendable {
    private static let interval = Duration.seconds(1)

    let hub: StreamHub

    func run() async {
        var last: JSONValue?
        while !Task.isCancelled {
            if hub.isWanted(.latency) {
                if let value = try? await value(), value != last {
                    last = value
                    hub.publish(
                        StreamMessage(.latency, event: "summary", key: KeySchema.latencyMeasurements, value: value), isLatest: true)
                }
            } else {
                last = nil
                hub.forgetLatest(.latency)
            }
            guard (try? await Task.sleep(for: Self.interval)) != nil else { return }
        }
    }

    private func value() async throws -> JSONValue {
        let latency = hub.feeds.latency
        return try await Deadline.run(writes: false) {
            [
                "stats": .array(try await latency.getLatencyStats().value.map(\.jsonValue)),
                "trend": .array(try await latency.getLatencyTrend().value.map(\.jsonValue)),
            ]
        }
    }
}
