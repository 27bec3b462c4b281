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
    let slot: ClientSlots.Slot

    private let visit: CatchUpReader.Visit

    init(hub: StreamHub, topics: StreamTopics, resumption: StreamCursor?, slot: ClientSlots.Slot) {
        (self.hub, self.topics, self.resumption, self.slot) = (hub, topics, resumption, slot)
        visit = CatchUpReader.Visit(hub.reader)
    }

    /// When a piece that could not be read is asked for again.
    static let pause = TimeAmount.milliseconds(250)

    func run(on channel: any Channel, _ write: Write) async throws {
        let subscriber = hub.subscribe(topics, on: channel)
        defer { hub.leave(subscriber) }
        // A client that ends its side is gone: nothing is left that it could ask for.
        try await subscriber.halfClosure(isAllowed: false)
        channel.closeFuture.whenComplete { _ in subscriber.end(.gone) }
        try await open(subscriber, write)
        while true {
            let goesOn = try await advance(subscriber, write)
            guard let turn = goesOn ? subscriber.poll() : await subscriber.next() else { continue }
            switch turn {
            case .messages(let messages): try await send(messages, to: subscriber, write)
            case .keepAlive: try await send([.keepAlive(at: hub.place(of: subscriber))], to: subscriber, write)
            case .look: continue
            case .ended(let end): return try await finish(end, subscriber, write)
            }
        }
    }

    /// Says where the client stands.
    private func open(_ subscriber: StreamSubscriber, _ write: Write) async throws {
        var first: [StreamMessage] = []
        // The first client of a process waits until the streams were looked at.
        while case .starting = hub.phase {
            switch await subscriber.next() {
            case .messages(let messages): first += messages
            case .keepAlive, .look: continue
            case .ended: return
            }
        }
        let place = hub.begin(subscriber, at: resumption)
        try await send([.open(server: hub.server, at: place)] + first, to: subscriber, write)
    }

    /// Writes what the client has not read yet.
    ///
    /// - Returns: whether there may be more; else something must happen first, which wakes the subscriber.
    private func advance(_ subscriber: StreamSubscriber, _ write: Write) async throws -> Bool {
        let reading = hub.read(subscriber)
        if case .unknown = reading { visit.begin() } else { visit.end() }
        switch reading {
        case .nothing, .waiting: return false
        case .messages(let messages):
            try await send(messages, to: subscriber, write)
            return true
        case .placeless: return try await reset(subscriber, write)
        case .unknown(let source, after: let place): return try await catchUp(source, after: place, subscriber, write)
        }
    }
}
