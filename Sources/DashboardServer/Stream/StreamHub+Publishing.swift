import CacheServices
import Logging
import Synchronization

extension StreamHub {
    /// Hands on what is in no stream.
    ///
    /// - Parameter isLatest: whether a client that comes later begins with it.
    func publish(_ message: StreamMessage, isLatest: Bool = false) {
        guard let topic = message.topic else { return }
        let slow = state.withLock { state in
            if isLatest { state.latest[topic] = message }
            let slow = state.members.values.map(\.subscriber).filter { $0.topics.contains(topic) && !$0.offer(message) }
            state.counts.dropped += slow.count
            return slow
        }
        drop(slow)
    }

    /// A topic that nobody listens to is computed no more.
    func forgetLatest(_ topic: StreamTopic) {
        state.withLock { state in
            if !state.members.values.contains(where: { $0.subscriber.topics.contains(topic) }) { state.latest[topic] = nil }
        }
    }

    /// What became of a piece of a stream.
    enum Taken {
        /// It is in the log, and so is everything that there is, if this was the end.
        case kept(isEnd: Bool)
        /// Entries are missing before it.
        case gap
        /// The hub has gone on meanwhile.
        case outdated
    }

    /// Takes a piece of a stream into the log, and calls those that want something of it.
    ///
    /// - Parameter place: after which it was read.
    func take(_ piece: StreamPiece, of source: StreamSource, after place: StreamPlace, limit: Int) -> Taken {
        // Most of the work, outside of the lock.
        let shown = piece.entries.map { StreamMessage($0, of: source) }
        let topics = StreamTopics(shown.compactMap { $0?.topic })
        return state.withLock { state in
            guard var log = state.log, log.cursor[source] == place else { return .outdated }
            guard case .whole = place.continuation(in: piece) else { return .gap }
            // The only reference, so that appending copies nothing.
            state.log = nil
            defer { state.log = log }
            let first = log.end
            for (entry, message) in zip(piece.entries, shown) { log.append(entry.id, of: source, showing: message) }
            let isEnd = piece.entries.count < limit
            if isEnd { log.correct(source, by: piece.info) }
            if !piece.entries.isEmpty { state.call(for: topics, from: first, log) }
            return .kept(isEnd: isEnd)
        }
    }

    /// Goes on with the first entry that is still there where entries are missing. Every client finds out by its own place what it lost.
    ///
    /// Of both streams together: what empties one of them mostly empties the other, too, and clients are told once.
    ///
    /// - Parameter looks: the place after which each stream was looked at, and what was found.
    func skip(_ looks: [StreamSource: (place: StreamPlace, piece: StreamPiece)]) {
        state.withLock { state in
            guard var cursor = state.log?.cursor else { return }
            let before = cursor
            for (source, look) in looks where cursor[source] == look.place {
                guard case .lost(let count) = look.place.continuation(in: look.piece) else { continue }
                cursor[source] = count == nil ? StreamPlace(endOf: look.piece.info) : StreamPlace(startOf: look.piece.info)
            }
            guard cursor != before else { return }
            state.log?.jump(to: cursor)
            for member in state.members.values { member.subscriber.wake() }
        }
    }

    /// Ends clients that take less than comes.
    func drop(_ subscribers: [StreamSubscriber]) {
        guard !subscribers.isEmpty else { return }
        for subscriber in subscribers { subscriber.limitFarewell() }
        logger.info("clients of the stream were dropped because they took less than came", metadata: ["clients": "\(subscribers.count)"])
    }
}

extension StreamHub.State {
    /// Calls those that want one of these topics, and those that have not found their place in the log. Whoever has everything and wants
    /// nothing of it moves on without knowing, so that its place does not grow old.
    fileprivate mutating func call(for topics: StreamTopics, from first: Int, _ log: StreamLog) {
        for index in members.values.indices {
            let member = members.values[index]
            if member.next == nil || !member.subscriber.topics.isDisjoint(with: topics) {
                member.subscriber.wake()
            } else if member.next == first {
                members.values[index].next = log.end
                members.values[index].place = member.place.map { log.cursor.furthest($0) }
            }
        }
    }

    /// Lets those look again who wait for the streams.
    func wakeWaiting() {
        for member in members.values where member.next == nil { member.subscriber.wake() }
    }
}
