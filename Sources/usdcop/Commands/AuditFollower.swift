import CacheServices
import DashboardServer
import LoggingServices

/// Follows the trail and writes its events to standard output.
struct AuditFollower: Sendable {
    let filter: AuditFilter
    /// The last events to show first.
    let limit: Int
    /// The new events after which it ends.
    let count: Int?
    let isJSON: Bool

    func run(_ session: Session) async throws {
        let (console, trail) = (Console(), session.trail)
        var last = try await trail.end()
        if limit > 0 {
            let page = try await trail.trail(filter, limit: limit)
            for entry in page.entries.reversed() { try console.write(line(entry, console.style)) }
            last = max(last, page.entries.first?.streamID ?? last)
        }
        console.note("usdcop: watching the audit trail; Ctrl-C ends it")
        var shown = 0
        var lostSince: ContinuousClock.Instant?
        while !Task.isCancelled {
            do {
                for try await batch in trail.follow(filter, after: last) {
                    lostSince = nil
                    for entry in batch.entries {
                        try console.write(line(entry, console.style))
                        shown += 1
                        if shown == count { return }
                    }
                    last = batch.last
                    console.note(unreadable: batch.unreadable.count)
                }
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                if Task.isCancelled { return }
                // Waiting gives nobody rights.
                if CommandFailure(error)?.status == .notPermitted { throw error }
                let now = ContinuousClock.now
                if lostSince == nil { console.note("usdcop: the connection to Redis is lost; trying again") }
                let since = lostSince ?? now
                lostSince = since
                guard now - since < SignalWatcher.patience else { throw error }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private func line(_ entry: AuditTrailEntry, _ style: TextStyle) -> [UInt8] {
        isJSON ? entry.record.line + [UInt8(ascii: "\n")] : Array(entry.line(style).utf8)
    }
}
