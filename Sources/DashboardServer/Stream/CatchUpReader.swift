import CacheServices
import Synchronization

/// Reads pieces of the streams for clients that come back, few at a time, over connections that are there only as long as they are needed.
final class CatchUpReader: Sendable {
    /// Entries of one piece: an entry of the trail has up to 16 KB, and a thousand clients may come at once.
    static let piece = 32
    /// Pieces that are under way at once.
    private static let together = 4

    private struct State {
        var readers = 0
        var streams: [StreamSource: any EventStream] = [:]
    }

    private let feeds: StreamFeeds
    private let turnstile = Turnstile(places: together)
    private let state = Mutex(State())

    init(_ feeds: StreamFeeds) { self.feeds = feeds }

    /// The entries after a place.
    func piece(_ source: StreamSource, after id: StreamID, limit: Int = piece) async throws(CacheError) -> StreamPiece {
        state.withLock { $0.readers += 1 }
        defer {
            state.withLock { state in
                state.readers -= 1
                if state.readers == 0 { state.streams = [:] }
            }
        }
        guard await turnstile.enter() else { throw CacheError(.cancelled, "The task was cancelled.") }
        defer { turnstile.leave() }
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
