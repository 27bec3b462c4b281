import CacheServices
import Logging
import Synchronization

extension StreamHub {
    /// Hands on what has no place in the streams.
    ///
    /// - Parameter isLatest: whether a client that comes later begins with it.
    func publish(_ message: StreamMessage, isLatest: Bool = false) {
        guard let topic = message.topic else { return }
        deliver { state in
            if isLatest { state.latest[topic] = message }
            return state.offer(message) { $0.subscriber.topics.contains(topic) }
        }
    }

    /// A topic that nobody listens to is computed no more.
    func forgetLatest(_ topic: StreamTopic) {
        state.withLock { state in
            if !state.members.values.contains(where: { $0.subscriber.topics.contains(topic) }) { state.latest[topic] = nil }
        }
    }

    /// Shows every client that the connection lives. Those that are still catching up have not everything up to the hub's place.
    func keepAlive() {
        deliver { state in
            let slow = state.offer(.keepAlive(at: state.log?.cursor), to: \.isJoined)
            return slow + state.offer(.keepAlive(at: nil)) { !$0.isJoined }
        }
    }

    /// What became of a piece of a stream.
    enum Taken {
        /// It was handed on, and so was everything that there is, if this was the end.
        case handedOn(isEnd: Bool)
        /// Entries are missing before it.
        case gap
        /// The hub has gone on meanwhile.
        case outdated
    }

    /// Hands on a piece of a stream.
    ///
    /// - Parameter place: after which it was read.
    func take(_ piece: StreamPiece, of source: StreamSource, after place: StreamPlace, limit: Int) -> Taken {
        var taken = Taken.outdated
        // Most of the work, outside of the lock.
        let shown = piece.entries.map { StreamMessage($0, of: source) }
        deliver { state in
            guard var log = state.log, log.cursor[source] == place else { return [] }
            guard case .whole = place.continuation(in: piece) else {
                taken = .gap
                return []
            }
            // The only reference, so that appending copies nothing.
            state.log = nil
            defer { state.log = log }
            var slow: [StreamSubscriber] = []
            for (entry, message) in zip(piece.entries, shown) {
                guard let message = log.append(entry.id, of: source, showing: message), let topic = message.topic else { continue }
                slow += state.offer(message) { $0.isJoined && $0.subscriber.topics.contains(topic) }
            }
            let isEnd = piece.entries.count < limit
            if isEnd { log.correct(source, by: piece.info) }
            taken = .handedOn(isEnd: isEnd)
            // Those that are still catching up may be able to join now.
            if !piece.entries.isEmpty { state.wakeOthers() }
            return slow
        }
        return taken
    }

    /// Goes on from the present where entries are missing, and tells everybody concerned once, of both streams together: what empties one
    /// of them mostly empties the other, too.
    ///
    /// - Parameter looks: the place after which each stream was looked at, and what was found.
    func skip(_ looks: [StreamSource: (place: StreamPlace, piece: StreamPiece)]) {
        deliver { state in
            guard var log = state.log else { return [] }
            var losses: [StreamSource: Int?] = [:]
            for (source, look) in looks where log.cursor[source] == look.place {
                guard case .lost(let count) = look.place.continuation(in: look.piece) else { continue }
                losses[source] = .some(count)
                log.jump(source, to: StreamPlace(endOf: look.piece.info))
            }
            state.log = log
            return state.tell(losses, at: log.cursor)
        }
    }

    /// Does something under the lock, and ends the clients for which it was too much.
    private func deliver(_ body: (inout State) -> [StreamSubscriber]) {
        let slow = state.withLock { state in
            let slow = body(&state)
            state.counts.dropped += slow.count
            return slow
        }
        guard !slow.isEmpty else { return }
        for subscriber in slow { subscriber.limitFarewell() }
        logger.info("clients of the stream were dropped because they took less than came", metadata: ["clients": "\(slow.count)"])
    }
}

extension StreamHub.State {
    /// Offers a message to some members; answers those for which it was one too many.
    fileprivate func offer(_ message: StreamMessage, to isMeant: (StreamHub.Member) -> Bool) -> [StreamSubscriber] {
        members.values.lazy.filter(isMeant).map(\.subscriber).filter { !$0.offer(message) }
    }

    /// Tells members that follow one of these streams how many entries are missing.
    fileprivate mutating func tell(_ losses: [StreamSource: Int?], at cursor: StreamCursor) -> [StreamSubscriber] {
        guard !losses.isEmpty else { return [] }
        var slow: [StreamSubscriber] = []
        for member in members.values where member.isJoined {
            let concerned = losses.filter { member.subscriber.topics.sources.contains($0.key) }
            guard !concerned.isEmpty else { continue }
            let lost = concerned.values.reduce(Int?.some(0)) { sum, count in sum.flatMap { sum in count.map { sum + $0 } } }
            counts.resets += 1
            if !member.subscriber.offer(.reset(lost: lost, at: cursor)) { slow.append(member.subscriber) }
        }
        return slow
    }

    func wakeOthers() {
        for member in members.values where !member.isJoined { member.subscriber.wake() }
    }
}
