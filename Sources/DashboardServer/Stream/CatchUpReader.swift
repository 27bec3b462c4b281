import CacheServices
import Synchronization

/// Reads pieces of the streams for clients that come back, few at a time, over connections that are there only as long as they are needed.
final class CatchUpReader: Sendable {
    /// Entries of one piece: an entry of the trail has up to 16 KB, and a thousand clients may come at once.
    static let piece = 32
    /// Pieces that are under way at once.
    private static let together = 4

    private struct State {
        var visits = 0
        var streams: [StreamSource: any EventStream] = [:]
    }

    private let feeds: StreamFeeds
    private let turnstile = Turnstile(places: together)
    private let state = Mutex(State())

    init(_ feeds: StreamFeeds) { self.feeds = feeds }

    /// Keeps the connections for one client, for as long as it catches up.
    final class Visit: Sendable {
        private let reader: CatchUpReader
        private let isOpen = Mutex(false)

        init(_ reader: CatchUpReader) { self.reader = reader }

        deinit { end() }

        func begin() { change(to: true) }

        func end() { change(to: false) }

        private func change(to value: Bool) {
            let isChange = isOpen.withLock { isOpen in
                defer { isOpen = value }
                return isOpen != value
            }
            if isChange { reader.count(value ? 1 : -1) }
        }
    }

    private func count(_ change: Int) {
        state.withLock { state in
            state.visits += change
            if state.visits == 0 { state.streams = [:] }
        }
    }

    /// The entries after a place, for somebody on a visit.
    ///
    /// - Parameter isUseful: asked when the turn has come: while Redis is away, those in the queue need not try one after the other.
    func piece(
        _ source: StreamSource, after id: StreamID, limit: Int = piece, while isUseful: () -> Bool
    ) async throws(CacheError) -> StreamPiece {
        guard await turnstile.enter() else { throw CacheError(.cancelled, "The task was cancelled.") }
        defer { turnstile.leave() }
        guard isUseful() else { throw CacheError(.unavailable, "The streams cannot be read at the moment.") }
        do throws(CacheError) {
            return try await stream(source).piece(after: id, limit: limit)
        } catch {
            // The connection may be broken; the next one gets another.
            state.withLock { $0.streams[source] = nil }
            throw error
        }
    }

    private func stream(_ source: StreamSource) async throws(CacheError) -> any EventStream {
        if let stream = state.withLock({ $0.streams[source] }) { return stream }
        let stream = try await feeds[source].dedicated()
        state.withLock { $0.streams[source] = stream }
        return stream
    }
}
