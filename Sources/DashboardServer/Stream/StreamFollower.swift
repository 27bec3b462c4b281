import CacheServices
import Logging
import Synchronization

/// Follows both streams on connections of their own, and starts again when one breaks.
struct StreamFollower: Sendable {
    /// Entries of one reading.
    static let piece = 256
    /// Entries that are read of the past at the start, for clients that come from another server.
    static let past = 256
    /// The time after which the streams are looked at although nothing came: one that was made anew may count from a lower identity.
    static let look = Duration.seconds(1)

    let hub: StreamHub

    func run() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                try await follow { failures = 0 }
            } catch {
                hub.enter(.away)
                failures += 1
                try? await Task.sleep(for: .milliseconds(min(250, 10 << min(failures, 5))))
            }
        }
    }

    private func follow(_ reached: () -> Void) async throws {
        let (changes, audit) = (try await hub.feeds.changes.dedicated(), try await hub.feeds.audit.dedicated())
        if !hub.knowsPlace {
            hub.begin(at: StreamCursor(changes: try await Self.start(of: changes), audit: try await Self.start(of: audit)))
        }
        try await catchUp(.changes, changes)
        try await catchUp(.audit, audit)
        hub.enter(.live)
        reached()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await follow(.changes, changes) }
            group.addTask { try await follow(.audit, audit) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func follow(_ source: StreamSource, _ stream: any EventStream) async throws {
        while !Task.isCancelled {
            guard let place = try await catchUp(source, stream) else { return }
            try await stream.wait(after: place.id, atMost: Self.look)
        }
    }

    /// Reads to the end of a stream.
    @discardableResult
    private func catchUp(_ source: StreamSource, _ stream: any EventStream) async throws -> StreamPlace? {
        while let place = hub.place(in: source) {
            let piece = try await stream.piece(after: place.id, limit: Self.piece)
            guard let next = hub.take(piece, of: source, limit: Self.piece) else { return nil }
            if next.isEnd { return next.place }
        }
        return nil
    }

    /// Where to begin: a little before the present.
    private static func start(of stream: any EventStream) async throws -> StreamPlace {
        let newest = try await stream.newest(past + 1)
        // An entry that is there, or the beginning.
        let id = newest.count > past ? newest.last?.id ?? .zero : .zero
        let limit = 2 * past
        let piece = try await stream.piece(after: id, limit: limit)
        // Too much came meanwhile to know the number of that one.
        guard piece.entries.count < limit else { return StreamPlace(endOf: piece.info) }
        return StreamPlace(id: id, ordinal: piece.info.entriesAdded.map { $0 - piece.entries.count })
    }
}

extension StreamHub {
    /// Changes the phase, and lets those look again who wait for it.
    func enter(_ phase: Phase) {
        state.withLock { state in
            guard state.phase != .ended, state.phase != phase else { return }
            state.phase = phase
            state.wakeOthers()
        }
    }

    var knowsPlace: Bool { state.withLock { $0.log != nil } }

    func begin(at cursor: StreamCursor) {
        state.withLock { $0.log = StreamLog(at: cursor) }
    }

    func place(in source: StreamSource) -> StreamPlace? { state.withLock { $0.log?.cursor[source] } }
}
