import CacheServices
import Logging
import LoggingServices

/// Makes alerts of the RISK_ALERT events of the audit trail, each once, whichever processes follow it.
struct RiskAlertFollower: Sendable {
    let trail: AuditTrailReader
    let store: AlertStore
    let leadership: Leadership
    let logger: Logger

    /// How much of the past the very first reader looks at: events that came while the processes started.
    private static let firstLook = Duration.seconds(60)
    /// How often the cursor moves over events that are no risk alerts, so that the next leader has less to read.
    private static let cursorInterval = Duration.seconds(30)

    /// Follows the trail while this process leads.
    func run() async {
        await leadership.run("the search for risk alerts") { try await follow($0) }
    }

    private func follow(_ term: Int) async throws {
        while !Task.isCancelled {
            var place = try await store.cursor()
            var moved = ContinuousClock.now
            let first = try await start(place)
            for try await batch in trail.follow(AuditFilter(eventType: .riskAlert), after: first) {
                guard leadership.holds(term) else { return }
                let alerts = batch.entries.compactMap(alert)
                guard !alerts.isEmpty || moved.duration(to: .now) > Self.cursorInterval else { continue }
                // Another process was there first: from its place on.
                let next = AlertCursor(batch.last)
                guard try await store.add(alerts, from: place, to: next) else { break }
                (place, moved) = (next, .now)
            }
        }
    }

    private func start(_ cursor: AlertCursor) async throws -> StreamID {
        let end = try await trail.end()
        guard let place = cursor.place else {
            let first = try await store.time() - Self.firstLook
            return StreamID(milliseconds: UInt64(max(0, first.milliseconds)), sequence: 0)
        }
        // A cursor beyond the end was made for another trail.
        return min(place, end)
    }

    private func alert(_ event: AuditTrailEntry) -> Alert? {
        let alert = Alert(event)
        if alert == nil {
            logger.warning("a risk alert has a name that cannot be sent", metadata: ["entry": "\(event.streamID)"])
        }
        return alert
    }
}
