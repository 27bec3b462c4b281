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
        guard case .lost = place[source].continuation(in: piece) else {
            return try await take(piece, of: source, at: place, subscriber, write)
        }
        var pieces = [source: piece]
        // Once for both streams: what empties one of them mostly empties the other, too.
        for other in topics.sources where other != source {
            guard let piece = await self.piece(other, after: place, subscriber) else { return false }
            pieces[other] = piece
        }
        return try await tell(pieces, place, subscriber, write)
    }

    /// Tells the client how many entries are gone, and goes on with the first that are still there; or with the present, where a stream is
    /// another one now.
    private func tell(
        _ pieces: [StreamSource: StreamPiece], _ place: StreamCursor, _ subscriber: StreamSubscriber, _ write: Write
    ) async throws -> Bool {
        var (next, lost) = (place, 0)
        for (source, piece) in pieces {
            guard case .lost(let count) = place[source].continuation(in: piece) else { continue }
            guard let count else {
                // The present must be that of the stream as it is now; the hub sees within a moment what was seen here.
                guard hub.isDamaged(source) || !hub.isOutdated(source, by: piece.info) else { return false }
                return try await reset(subscriber, write)
            }
            lost += count
            next[source] = StreamPlace(startOf: piece.info)
        }
        hub.move(subscriber, to: next)
        hub.count { $0.resets += 1 }
        try await send([.reset(lost: lost, at: next)], to: subscriber, write)
        return true
    }

    /// Tells the client that nobody knows how many entries are gone, and goes on with the present.
    func reset(_ subscriber: StreamSubscriber, _ write: Write) async throws -> Bool {
        guard let place = hub.moveToPresent(subscriber) else { return false }
        hub.count { $0.resets += 1 }
        try await send([.reset(lost: nil, at: place)], to: subscriber, write)
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

    /// Reads a piece; nil when it cannot be read now, and then the client looks again later.
    private func piece(_ source: StreamSource, after place: StreamCursor, _ subscriber: StreamSubscriber) async -> StreamPiece? {
        do throws(CacheError) {
            return try await hub.reader.piece(source, after: place[source].id) { hub.phase == .live }
        } catch  where error.code == .dataConflict {
            // What is no stream has nothing; the other one has.
            return StreamPiece(info: StreamInfo(), holdsStart: false, entries: [])
        } catch {
            subscriber.wake(in: Self.pause)
            return nil
        }
    }
}
