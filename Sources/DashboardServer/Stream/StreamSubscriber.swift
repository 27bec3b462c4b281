import DequeModule
import NIOCore
import Synchronization

/// The mailbox of one client: messages that are in no stream, and calls to look at the streams. Bounded, and never in anybody else's way.
final class StreamSubscriber: Sendable {
    /// Why its stream ends.
    enum End: String, Sendable {
        /// It took less than came.
        case slow
        /// The service ends.
        case shutdown
        /// It went away.
        case gone
    }

    /// What it is to do next.
    enum Turn: Sendable {
        /// To write what came.
        case messages([StreamMessage])
        /// To show that the connection lives.
        case keepAlive
        /// To look at the streams.
        case look
        case ended(End)
    }

    fileprivate struct State {
        var queue: Deque<StreamMessage> = []
        var size = 0
        var end: End?
        var isReminded = false
        var isWoken = false
        var waiter: CheckedContinuation<Void, Never>?
        /// Since when it has been writing.
        var busySince: ContinuousClock.Instant?
        /// Ends the connection of one that was dropped and does not take even the last word.
        var farewell: Scheduled<Void>?
    }

    static let maximumCount = 256
    static let maximumSize = 1 << 20
    /// How long a client that is dropped has to take the last word.
    private static let grace = TimeAmount.seconds(5)

    let number: Int
    let topics: StreamTopics
    private let channel: any Channel
    private let state = Mutex(State())

    init(_ number: Int, topics: StreamTopics, channel: any Channel) {
        self.number = number
        self.topics = topics
        self.channel = channel
    }

    // MARK: What others tell it

    /// Hands a message on; false when that was one too many, and the stream ends.
    func offer(_ message: StreamMessage) -> Bool {
        tell { state in
            guard state.end == nil else { return true }
            let size = state.size + message.bytes.readableBytes
            guard state.queue.count < Self.maximumCount, size <= Self.maximumSize || state.queue.isEmpty else {
                state.end = .slow
                state.clearQueue()
                return false
            }
            state.queue.append(message)
            state.size = size
            return true
        }
    }

    /// Lets it look at the streams.
    func wake() { tell { $0.isWoken = true } }

    /// The same after a while.
    func wake(in time: TimeAmount) { channel.eventLoop.scheduleTask(in: time) { self.wake() } }

    /// Lets it show that the connection lives.
    func remind() { tell { $0.isReminded = true } }

    /// Ends its stream; the first reason counts. False when it had ended already.
    @discardableResult
    func end(_ reason: End) -> Bool {
        tell { state in
            guard state.end == nil else { return false }
            state.end = reason
            state.clearQueue()
            return true
        }
    }

    private func tell<Value: Sendable>(_ change: (inout State) -> Value) -> Value {
        let (value, waiter) = state.withLock { state in
            let value = change(&state)
            defer { state.waiter = nil }
            return (value, state.waiter)
        }
        waiter?.resume()
        return value
    }

    // MARK: What it does

    /// What it is to do now; nil when there is nothing.
    func poll() -> Turn? { state.withLock { $0.takeTurn() } }

    /// What it is to do, once there is something.
    func next() async -> Turn {
        while true {
            if let turn = poll() { return turn }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isDone = state.withLock { state in
                        guard state.isIdle else { return true }
                        state.waiter = continuation
                        return false
                    }
                    if isDone { continuation.resume() }
                }
            } onCancel: {
                end(.gone)
            }
        }
    }

    /// Notes the beginning of a write, or its end.
    func isWriting(_ isWriting: Bool) { state.withLock { $0.busySince = isWriting ? .now : nil } }

    /// Whether one write has taken longer than it may.
    func isStuck(for limit: Duration) -> Bool {
        state.withLock { $0.busySince.map { $0.duration(to: .now) > limit } ?? false }
    }

    // MARK: Its connection

    /// Whether the client may end its side and still read.
    func halfClosure(isAllowed: Bool) async throws {
        try await channel.setOption(.allowRemoteHalfClosure, value: isAllowed).get()
    }

    /// Ends the connection itself.
    func closeConnection() { channel.close(promise: nil) }

    /// From now on it has a while to take the last word.
    func limitFarewell() {
        let channel = channel
        state.withLock { state in
            guard state.farewell == nil else { return }
            state.farewell = channel.eventLoop.scheduleTask(in: Self.grace) { channel.close(promise: nil) }
        }
    }

    /// It took the last word: the connection may live.
    func endFarewell() {
        state.withLock { $0.farewell }?.cancel()
    }
}

extension StreamSubscriber.State {
    fileprivate var isIdle: Bool { queue.isEmpty && end == nil && !isWoken && !isReminded }

    fileprivate mutating func takeQueue() -> [StreamMessage] {
        defer { clearQueue() }
        return Array(queue)
    }

    fileprivate mutating func clearQueue() { (queue, size) = ([], 0) }

    fileprivate mutating func takeTurn() -> StreamSubscriber.Turn? {
        if let end { return .ended(end) }
        if !queue.isEmpty { return .messages(takeQueue()) }
        if isReminded {
            isReminded = false
            return .keepAlive
        }
        guard isWoken else { return nil }
        isWoken = false
        return .look
    }
}
