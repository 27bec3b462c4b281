public import CacheServices
import DequeModule

/// Reads the trail: pages, counts, a live tail, exports. It writes nothing and starts nothing.
///
/// Filters and counts are answered from a mirror that holds of every event what they need, kept current by one small look at Redis for each
/// question; the events themselves are fetched by identity.
public final class AuditTrailReader: Sendable {
    package let stream: any EventStream
    let mirror: StreamMirror<AuditMark>
    private let clock: CacheClock

    /// - Parameter stream: the stream of all events: in Redis, or of this process alone.
    public init(_ stream: any EventStream, clock: CacheClock = .system) {
        self.stream = stream
        self.clock = clock
        let names = InternedNames()
        // The cap is the stream's: a reader that knows another one must not hide what is there.
        self.mirror = StreamMirror(stream, maximumLength: .max) { AuditMark($0, names: names) }
    }

    /// The trail in Redis.
    package convenience init(_ store: AuditStore) { self.init(store.events) }

    /// Events that a filter means, newest first (Seed: getAuditTrail).
    ///
    /// - Parameters:
    ///   - limit: 1 to 1000.
    ///   - cursor: where the page before ended; events that come or go meanwhile are neither repeated nor left out.
    /// - Throws: ``AuditError``: `invalid` for a limit out of its range, `unavailable` or `dataConflict` when the trail cannot be read.
    public func trail(
        _ filter: AuditFilter = AuditFilter(), limit: Int = 100, cursor: AuditCursor? = nil
    ) async throws(AuditError) -> AuditPage {
        guard AuditPage.limits.contains(limit) else {
            throw AuditError(.invalid, "A page of the trail has 1 to \(AuditPage.limits.upperBound) events.")
        }
        do throws(CacheError) {
            // All of them are found without a mirror: a program that asks once reads no more than it shows.
            guard filter.isEmpty else { return try await filtered(filter, limit: limit, before: cursor?.streamID) }
            let found = try await stream.newest(limit + 1, before: cursor?.streamID)
            let page = found.prefix(limit)
            return Self.page(page, next: found.count > limit ? page.last?.id : nil)
        } catch {
            throw AuditError(reading: error)
        }
    }

    private func filtered(_ filter: AuditFilter, limit: Int, before: StreamID?) async throws(CacheError) -> AuditPage {
        try await mirror.sync()
        let matches = await mirror.read { AuditMatches($0, filter: filter, limit: limit, before: before) }
        let found = try await stream.entries(in: matches.ranges)
        let wanted = Set(matches.ids)
        let entries = found.joined().filter { wanted.contains($0.id) }.reversed()
        return Self.page(entries, next: matches.goesOn ? matches.ids.last : nil, unreadable: matches.unreadable)
    }

    private static func page(_ found: some Collection<StreamEntry>, next: StreamID?, unreadable: [StreamID] = []) -> AuditPage {
        var entries: [AuditTrailEntry] = []
        entries.reserveCapacity(found.count)
        var unreadable = unreadable
        for stored in found {
            if let entry = AuditTrailEntry(stored) { entries.append(entry) } else { unreadable.append(stored.id) }
        }
        return AuditPage(entries: entries, nextCursor: next.map(AuditCursor.init), unreadable: unreadable)
    }

    /// What the trail holds, counted (Seed: getAuditStats).
    public func stats() async throws(AuditError) -> AuditStats {
        do throws(CacheError) {
            try await mirror.sync()
        } catch {
            throw AuditError(reading: error)
        }
        let recentSince = clock.wall() - AuditStats.recentPeriod
        return await mirror.read { elements in
            var stats = AuditStats()
            for element in elements { stats.add(element.item, recentSince: recentSince) }
            return stats
        }
    }
}

extension AuditError {
    /// Why the trail could not be read.
    package init(reading error: CacheError) {
        switch error.code {
        case .dataConflict:
            self.init(.dataConflict, "The trail holds something that cannot be read; it was left as it is.", underlying: error)
        default: self.init(.unavailable, "The trail cannot be read at the moment.", underlying: error)
        }
    }
}
