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

    /// Something for everybody.
    func broadcast(_ message: (StreamCursor?) -> StreamMessage) {
        deliver { state in state.offer(message(state.log?.cursor)) { _ in true } }
    }

    /// Takes a piece of a stream that begins at the hub's place.
    ///
    /// - Returns: the place from which to go on, and whether it is the end of the stream.
    func take(_ piece: StreamPiece, of source: StreamSource, limit: Int) -> (place: StreamPlace, isEnd: Bool)? {
        var next: (place: StreamPlace, isEnd: Bool)?
        deliver { state in
            guard var log = state.log else { return [] }
            state.log = nil
            defer { state.log = log }
            var slow: [StreamSubscriber] = []
            switch log.cursor[source].continuation(in: piece) {
            case .lost(let count):
                log.jump(source, to: StreamPlace(endOf: piece.info))
                let message = StreamMessage.reset(lost: count, at: log.cursor)
                slow = state.offer(message) { $0.isJoined && $0.subscriber.topics.sources.contains(source) }
                state.counts.resets += state.members.values.count { $0.isJoined && $0.subscriber.topics.sources.contains(source) }
                next = (log.cursor[source], true)
            case .whole:
                for entry in piece.entries {
                    guard let message = log.append(entry, of: source), let topic = message.topic else { continue }
                    slow += state.offer(message) { $0.isJoined && $0.subscriber.topics.contains(topic) }
                }
                let isEnd = piece.entries.count < limit
                if isEnd { log.correct(source, by: piece.info) }
                next = (log.cursor[source], isEnd)
            }
            // Those that are still catching up may be able to join now.
            if !piece.entries.isEmpty { state.wakeOthers() }
            return slow
        }
        return next
    }

    /// Does something under the lock, and ends the clients for which it was too much.
    private func deliver(_ body: (inout State) -> [StreamSubscriber]) {
        let slow = state.withLock { state in
            let slow = body(&state)
            state.counts.dropped += slow.count
            return slow
        }
        guard !slow.isEmpty else { return }
        logger.info("clients of the stream were dropped because they took less than came", metadata: ["clients": "\(slow.count)"])
    }
}

extension StreamHub.State {
    /// Offers a message to some members; answers those for which it was one too many.
    fileprivate func offer(_ message: StreamMessage, to isMeant: (StreamHub.Member) -> Bool) -> [StreamSubscriber] {
        members.values.lazy.filter(isMeant).map(\.subscriber).filter { !$0.offer(message) }
    }

    func wakeOthers() {
        for member in members.values where !member.isJoined { member.subscriber.wake() }
    }
}
