import CacheServices
import Synchronization

extension StreamHub {
    /// What a client reads next from the log.
    enum Reading: Sendable {
        case messages([StreamMessage])
        /// It has everything.
        case nothing
        /// It never had a place: the streams were away when it came.
        case placeless
        /// What lies between its place and the log has to be read from Redis first, beginning with this stream.
        case unknown(StreamSource, after: StreamCursor)
        /// The streams cannot be read now.
        case waiting
    }

    /// Puts a client where it wants to go on, or else at the present; answers the place, or nil when the present is not known.
    ///
    /// While the streams cannot be read the present is where they could last be read.
    func begin(_ subscriber: StreamSubscriber, at place: StreamCursor?) -> StreamCursor? {
        guard let place else { return moveToPresent(subscriber) }
        move(subscriber, to: place)
        return place
    }

    /// Puts a client at the present; answers its place, or nil when the present is not known.
    func moveToPresent(_ subscriber: StreamSubscriber) -> StreamCursor? {
        state.withLock { state in
            guard state.knowsPresent, let log = state.log else { return nil }
            state.members[subscriber.number]?.place = log.cursor
            state.members[subscriber.number]?.next = log.end
            return log.cursor
        }
    }

    /// Puts a client at a place that the log may not have.
    func move(_ subscriber: StreamSubscriber, to place: StreamCursor) {
        state.withLock { state in
            state.members[subscriber.number]?.place = place
            state.members[subscriber.number]?.next = nil
        }
    }

    /// The place up to which a client has everything that it was given.
    func place(of subscriber: StreamSubscriber) -> StreamCursor? {
        state.withLock { $0.members[subscriber.number]?.place }
    }

    /// Takes what a client has not read yet, as much as fits into one write.
    func read(_ subscriber: StreamSubscriber) -> Reading {
        state.withLock { state in
            guard state.knowsPresent, let log = state.log, var member = state.members[subscriber.number] else { return .waiting }
            guard let place = member.place else { return .placeless }
            defer { state.members[subscriber.number] = member }
            if member.next.map({ $0 < log.base }) ?? true {
                switch log.start(after: place, for: subscriber.topics) {
                case .at(let number): member.next = number
                case .unknown(let source):
                    member.next = nil
                    return state.phase == .live ? .unknown(source, after: place) : .waiting
                }
            }
            let batch = log.read(from: member.next ?? log.end, after: place, for: subscriber.topics)
            (member.next, member.place) = (batch.next, batch.place)
            return batch.messages.isEmpty ? .nothing : .messages(batch.messages)
        }
    }

    /// Whether a look at a stream shows that the hub has yet to find out that it is another one now.
    func isOutdated(_ source: StreamSource, by info: StreamInfo) -> Bool {
        guard let own = place(in: source) else { return true }
        guard let added = info.entriesAdded, let ordinal = own.ordinal else { return info.lastID < own.id }
        return info.lastID < own.id || added < ordinal
    }
}
