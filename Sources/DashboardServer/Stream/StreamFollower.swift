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
                try await follow {
                    if failures > 0 { hub.logger.notice("the event stream is followed again") }
                    failures = 0
                }
            } catch {
                guard !Task.isCancelled else { return }
                hub.enter(.away)
                if failures == 0 { hub.logger.warning("the event stream cannot be followed", metadata: ["reason": "\(error)"]) }
                failures += 1
                try? await Task.sleep(for: .milliseconds(min(250, 10 << min(failures, 5))))
            }
        }
    }

    private func follow(_ reached: () -> Void) async throws {
        let (changes, audit) = (try await hub.feeds.changes.dedicated(), try await hub.feeds.audit.dedicated())
        if !hub.knowsPlace {
            hub.begin(at: StreamCursor(changes: try await start(.changes, changes), audit: try await start(.audit, audit)))
        }
        _ = try await catchUp(.changes, changes)
        _ = try await catchUp(.audit, audit)
        hub.reachPresent()
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
            let isReadable = try await catchUp(source, stream)
            guard let place = hub.place(in: source) else { return }
            if isReadable {
                try await stream.wait(after: place.id, atMost: Self.look)
            } else {
                try await Task.sleep(for: Self.look)
            }
        }
    }

    /// Reads to the end of a stream, and answers whether it is one: a foreign value in its place stops this stream and not the other one.
    private func catchUp(_ source: StreamSource, _ stream: any EventStream) async throws -> Bool {
        do {
            try await readOn(source, stream)
            hub.note(source, damage: nil)
            return true
        } catch let error as CacheError where error.code == .dataConflict {
            hub.note(source, damage: error)
            return false
        }
    }

    private func readOn(_ source: StreamSource, _ stream: any EventStream) async throws {
        while let place = hub.place(in: source) {
            let piece = try await stream.piece(after: place.id, limit: Self.piece)
            switch hub.take(piece, of: source, after: place, limit: Self.piece) {
            case .kept(isEnd: true): return
            case .kept(isEnd: false), .outdated: continue
            case .gap: try await skip()
            }
        }
    }

    /// Finds out what is missing in both streams, on connections of its own: those of the followers may be waiting for something at the moment.
    private func skip() async throws {
        var looks: [StreamSource: (place: StreamPlace, piece: StreamPiece)] = [:]
        for source in StreamSource.allCases {
            guard let place = hub.place(in: source) else { return }
            looks[source] = try await (place, hub.feeds[source].dedicated().piece(after: place.id, limit: 1))
        }
        hub.skip(looks)
    }

    /// Where to begin; before everything, where it cannot be read yet.
    private func start(_ source: StreamSource, _ stream: any EventStream) async throws -> StreamPlace {
        do {
            return try await Self.start(of: stream)
        } catch let error as CacheError where error.code == .dataConflict {
            hub.note(source, damage: error)
            return StreamPlace(id: .zero, ordinal: nil)
        }
    }

    /// A little before the present.
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
    /// Both streams are read to their ends.
    func reachPresent() {
        state.withLock { $0.knowsPresent = true }
        enter(.live)
    }

    /// Changes the phase, and lets those look again who wait for it.
    func enter(_ phase: Phase) {
        state.withLock { state in
            guard state.phase != .ended, state.phase != phase else { return }
            state.phase = phase
            state.wakeWaiting()
        }
    }

    /// Remembers that what stands in the place of a stream is none, or that it is one again.
    func note(_ source: StreamSource, damage: CacheError?) {
        let change = state.withLock { state -> Bool in
            defer { state.damage[source] = damage }
            return (state.damage[source] == nil) != (damage == nil)
        }
        guard change else { return }
        if let damage {
            logger.error("a stream of events cannot be read: \(damage)", metadata: ["stream": "\(source)"])
        } else {
            logger.notice("a stream of events can be read again", metadata: ["stream": "\(source)"])
        }
    }

    var knowsPlace: Bool { state.withLock { $0.log != nil } }

    func begin(at cursor: StreamCursor) {
        state.withLock { $0.log = StreamLog(at: cursor) }
    }

    func place(in source: StreamSource) -> StreamPlace? { state.withLock { $0.log?.cursor[source] } }
}
