import CacheServices
import NIOCore

/// What happens for one client of the stream, from the first byte to the last.
struct StreamSession: Sendable {
    typealias Write = (ByteBuffer) async throws -> Void

    let hub: StreamHub
    let topics: StreamTopics
    /// The place that the client wants to go on from.
    let resumption: StreamCursor?
    /// Held until the end.
    let slot: StreamSlot

    /// When a piece that could not be read is asked for again.
    static let pause = TimeAmount.milliseconds(250)

    func run(on channel: any Channel, _ write: Write) async throws {
        let subscriber = hub.subscribe(topics, on: channel)
        defer { hub.leave(subscriber) }
        // A client that ends its side is gone: nothing is left that it could ask for.
        try await subscriber.halfClosure(isAllowed: false)
        channel.closeFuture.whenComplete { _ in subscriber.end(.gone) }
        var progress = StreamProgress(place: resumption)
        try await open(subscriber, &progress, write)
        while true {
            if !progress.isJoined, try await advance(subscriber, &progress, write) {
                try await send(subscriber.take(), to: subscriber, write)
                if subscriber.end == nil { continue }
            }
            switch await subscriber.next() {
            case .messages(let messages): try await send(messages, to: subscriber, write)
            case .look: continue
            case .ended(let end): return try await finish(end, subscriber, write)
            }
        }
    }

    /// Says where the client stands.
    private func open(_ subscriber: StreamSubscriber, _ progress: inout StreamProgress, _ write: Write) async throws {
        var first: [StreamMessage] = []
        // The first client of a process waits until the streams were looked at.
        while case .starting = hub.phase {
            switch await subscriber.next() {
            case .messages(let messages): first += messages
            case .look: continue
            case .ended: return
            }
        }
        if progress.place == nil {
            progress.place = hub.joinNow(subscriber)
            progress.isJoined = progress.place != nil
        }
        try await send([.open(server: hub.server, at: progress.place)] + first, to: subscriber, write)
    }
}
