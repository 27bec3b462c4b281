import CacheServices
import HTTPTypes
import Logging
import NIOCore
import Synchronization

/// The one place of a process through which events reach the clients of its stream: each is read once from Redis, encoded once, and kept in
/// a bounded log from which every client reads on at its own pace. Whoever falls behind what is kept reads what is missing from Redis.
///
/// Nothing is followed while nobody listens. ``run()`` does the following; see ``StreamSession`` for what happens for one client.
final class StreamHub: Sendable {
    /// How far the following is.
    enum Phase: Sendable {
        /// Nobody listens, or the first look at the streams is under way.
        case starting
        case live
        /// The streams cannot be read at the moment.
        case away
        /// The service ends.
        case ended
    }

    struct Member: Sendable {
        let subscriber: StreamSubscriber
        /// The place up to which the client has everything; nil while none was ever known.
        var place: StreamCursor?
        /// The record of the log that it reads next; nil when it has not found its place there.
        var next: Int?
    }

    struct State: Sendable {
        var phase = Phase.starting
        var members: [Int: Member] = [:]
        var lastNumber = 0
        /// nil before the first look at the streams.
        var log: StreamLog?
        /// Whether the present was reached since the log was begun.
        var knowsPresent = false
        /// The streams in whose place something else stands.
        var damage: [StreamSource: CacheError] = [:]
        /// The last messages of topics that are computed.
        var latest: [StreamTopic: StreamMessage] = [:]
        var counts = StreamCounts()
    }

    let feeds: StreamFeeds
    let reader: CatchUpReader
    /// Of the open streams, those included whose first byte is still to come.
    let slots: ClientSlots
    let limits: StreamLimits
    let logger: Logger
    /// Names this run of this process, so that a client sees when it reaches another one.
    let server = String(UInt64.random(in: .min ... .max), radix: 36)
    /// Events of topics that were handed to connections; counted apart from the rest, by all of them.
    let sent = Atomic<Int>(0)
    let state = Mutex(State())
    let activations: AsyncStream<Void>
    private let activation: AsyncStream<Void>.Continuation

    init(_ feeds: StreamFeeds, maximumStreams: Int, limits: StreamLimits = StreamLimits(), logger: Logger) {
        self.feeds = feeds
        slots = ClientSlots(maximum: maximumStreams, spare: maximumStreams / 4)
        self.limits = limits
        self.logger = logger
        reader = CatchUpReader(feeds)
        (activations, activation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Streams that are open.
    var clients: Int { slots.taken }

    var maximumStreams: Int { slots.maximum }

    var phase: Phase { state.withLock { $0.phase } }

    /// Why events do not arrive at present; nil when they do, or when nobody wants them.
    var trouble: StreamTrouble? {
        state.withLock { state in
            if state.phase == .away { return .away }
            return state.damage.values.compactMap(\.key).min().map(StreamTrouble.damaged)
        }
    }

    func isDamaged(_ source: StreamSource) -> Bool { state.withLock { $0.damage[source] != nil } }

    /// Whether somebody listens to a topic.
    func isWanted(_ topic: StreamTopic) -> Bool {
        state.withLock { state in state.members.values.contains { $0.subscriber.topics.contains(topic) } }
    }

    func count(_ change: (inout StreamCounts) -> Void) {
        state.withLock { change(&$0.counts) }
    }

    /// Takes the place of one more stream.
    ///
    /// - Throws: ``Problem`` when there are too many, in all or of this client, and when the service ends.
    func reserve(for client: CountedClient?) throws(Problem) -> ClientSlots.Slot {
        guard phase != .ended else { throw Problem(.notReady, "The service is shutting down.") }
        do throws(ClientSlots.Full) { return try slots.take(for: client) } catch {
            state.withLock { $0.counts.refused += 1 }
            throw Problem(.tooManyStreams, error.sentence("streams"), headers: [.retryAfter: "5"])
        }
    }

    /// Begins to collect for a client what is in no stream; the last of that comes at once.
    func subscribe(_ topics: StreamTopics, on channel: any Channel) -> StreamSubscriber {
        defer { activation.yield() }
        return state.withLock { state in
            state.lastNumber += 1
            let subscriber = StreamSubscriber(state.lastNumber, topics: topics, channel: channel)
            state.members[subscriber.number] = Member(subscriber: subscriber)
            if state.phase == .ended { subscriber.end(.shutdown) }
            for topic in StreamTopic.allCases where topics.contains(topic) {
                if let message = state.latest[topic] { _ = subscriber.offer(message) }
            }
            return subscriber
        }
    }

    func leave(_ subscriber: StreamSubscriber) {
        state.withLock { _ = $0.members.removeValue(forKey: subscriber.number) }
    }
}
