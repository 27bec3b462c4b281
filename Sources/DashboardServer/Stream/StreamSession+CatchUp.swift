import CacheServices
import NIOCore

extension StreamSession {
    /// Reads from Redis what lies between a client's place and what the hub keeps.
    ///
    /// - Returns: whether there is more to do now; else something must happen first, which wakes the subscriber.
    func catchUp(
        _ source: StreamSource, after place: StreamCursor, _ subscriber: StreamSubscriber, _ write: Write
    ) async throws -> Bool {
        guard let piece = await piece(source, after: place, subscriber) else { return false }
        switch place[source].continuation(in: piece) {
        case .whole: return try await take(piece, of: source, at: place, subscriber, write)
        case .lost(let count):
            // The present must be that of the stream as it is now; the hub sees within a moment what was seen here.
            guard !hub.isOutdated(source, by: piece.info) else { return false }
            switch await loss(count, besides: source, place, subscriber) {
            case .known(let count): return try await reset(lost: count, subscriber, write)
            case .unknown: return try await reset(lost: nil, subscriber, write)
            case .unread: return false
            }
        }
    }

    /// Tells the client that events are missing, and goes on with the present.
    func reset(lost: Int?, _ subscriber: StreamSubscriber, _ write: Write) async throws -> Bool {
        guard let place = hub.moveToPresent(subscriber) else { return false }
        hub.count { $0.resets += 1 }
        try await send([.reset(lost: lost, at: place)], to: subscriber, write)
        return true
    }

    /// Sends what a piece holds.
    private func take(
        _ piece: StreamPiece, of source: StreamSource, at place: StreamCursor, _ subscriber: StreamSubscriber, _ write: Write
    ) async throws -> Bool {
        var place = place
        guard !piece.entries.isEmpty else {
            // Everything is read: the hub is just behind, or the entry of the place itself is gone.
            let end = StreamPlace(endOf: piece.info)
            guard place[source].id != end.id else { return false }
            place[source] = end
            hub.move(subscriber, to: place)
            return true
        }
        var messages: [StreamMessage] = []
        for entry in piece.entries {
            place[source] = place[source].next(entry.id)
            if let message = StreamMessage(entry, of: source, wanted: topics) { messages.append(message.at(place)) }
        }
        hub.count { $0.caughtUp += piece.entries.count }
        hub.move(subscriber, to: place)
        try await send(messages, to: subscriber, write)
        return true
    }

    /// What is lost of the streams that the client follows.
    private enum Loss {
        case known(Int)
        case unknown
        /// It cannot be read now.
        case unread
    }

    private func loss(
        _ count: Int?, besides source: StreamSource, _ place: StreamCursor, _ subscriber: StreamSubscriber
    ) async -> Loss {
        guard var sum = count else { return .unknown }
        for other in topics.sources where other != source {
            guard let piece = await piece(other, after: place, subscriber) else { return .unread }
            guard case .lost(let more) = place[other].continuation(in: piece) else { continue }
            guard let more else { return .unknown }
            sum += more
        }
        return .known(sum)
    }

    /// Reads a piece; nil when it cannot be read now, and then the client looks again later.
    private func piece(_ source: StreamSource, after place: StreamCursor, _ subscriber: StreamSubscriber) async -> StreamPiece? {
        do throws(CacheError) {
            return try await hub.reader.piece(source, after: place[source].id)
        } catch {
            subscriber.wake(in: Self.pause)
            return nil
        }
    }
}
