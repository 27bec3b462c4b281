import NIOCore
import Synchronization

/// One connection to a Redis server: commands go out in batches, replies come back in order.
///
/// Any number of tasks may send at once and none waits for another's round trip. What gathers between two turns of the event
/// loop is written in one system call (auto-pipelining). Made by ``RedisClient``; a caller gets one of its own from
/// ``RedisClient/withDedicatedConnection(_:)``.
public final class RedisConnection: Sendable {
    private struct State {
        var queue: ReplyQueue
        var flushScheduled = false
        /// Nothing new is accepted; the connection ends when the last reply came.
        var isDraining = false
        /// The earliest deadline that no timer is set for.
        var earliest: NIODeadline = .distantFuture
    }

    let channel: any Channel
    private let commandTimeout: TimeAmount
    private let stallTimeout: TimeAmount
    private let state: Mutex<State>
    private let tokens = Atomic<UInt64>(0)
    private let timer: NIOLoopBoundBox<(at: NIODeadline, scheduled: Scheduled<Void>?)>

    /// On the channel's event loop.
    init(channel: any Channel, configuration: RedisConfiguration) {
        self.channel = channel
        self.commandTimeout = TimeAmount(configuration.commandTimeout)
        self.stallTimeout = TimeAmount(configuration.stallTimeout)
        self.state = Mutex(State(queue: ReplyQueue(maximumInFlight: configuration.maximumInFlight)))
        self.timer = NIOLoopBoundBox((.distantFuture, nil), eventLoop: channel.eventLoop)
    }

    /// Sends one command and waits for its reply, whatever it is; an error reply is a value here.
    ///
    /// - Parameter timeout: time until the caller stops waiting; the configuration's command time-out if `nil`.
    /// - Throws: ``RedisError``; the outcome `unknown` when the command may have been executed.
    public func reply(to command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisReply {
        let now = NIODeadline.now()
        let time = timeout.map { TimeAmount($0) } ?? commandTimeout
        return try await reply(to: command, deadline: now + time + command.blocking, now: now)
    }

    func reply(
        to command: RedisCommand, deadline: NIODeadline, now: NIODeadline = .now()
    ) async throws(RedisError) -> RedisReply {
        guard !Task.isCancelled else { throw RedisError(.cancelled, .notSent, "The task was cancelled before the command was sent.") }
        guard deadline > now else { throw RedisError(.deadlineExceeded, .notSent, "There was no time left to send the command.") }
        let token = tokens.wrappingAdd(1, ordering: .relaxed).newValue
        let stall = max(deadline, now + stallTimeout)
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { (caller: ReplySlot.Caller) in
                enqueue(command, ReplySlot(token: token, caller: caller, deadline: deadline, stall: stall))
                // A cancellation before the slot existed found nothing to cancel.
                if Task.isCancelled { cancel(token) }
            }
        } onCancel: {
            cancel(token)
        }
        return try result.get()
    }

    private func enqueue(_ command: RedisCommand, _ slot: ReplySlot) {
        guard !command.encoded.isEmpty else {
            slot.caller?.resume(returning: .failure(RedisError(.overloaded, .notSent, "There was no memory to encode the command.")))
            return
        }
        let (refusal, action) = state.withLock { state -> (RedisError?, FlushAction) in
            if state.isDraining { return (Self.shutDown.with(outcome: .notSent), .none) }
            if let refusal = state.queue.enqueue(command.encoded, slot) { return (refusal, .none) }
            state.earliest = min(state.earliest, slot.deadline)
            if state.flushScheduled { return (nil, state.queue.isBatchFull ? .nowIfInLoop : .none) }
            state.flushScheduled = true
            return (nil, .schedule)
        }
        if let refusal {
            slot.caller?.resume(returning: .failure(refusal))
            return
        }
        switch action {
        case .none: break
        case .schedule: channel.eventLoop.execute { self.flush() }
        case .nowIfInLoop: if channel.eventLoop.inEventLoop { write() }
        }
    }

    private enum FlushAction { case none, schedule, nowIfInLoop }

    private func cancel(_ token: UInt64) {
        let taken = state.withLock { $0.queue.cancel(token: token) }
        if let taken { taken.caller.resume(returning: .failure(taken.error)) }
    }

    /// On the event loop: writes what gathered, unless the peer takes nothing more; then writability brings us back.
    func flush() {
        let earliest = state.withLock { state in
            state.flushScheduled = false
            defer { state.earliest = .distantFuture }
            return state.earliest
        }
        setTimer(at: earliest)
        write()
    }

    private func write() {
        guard channel.isWritable, let batch = state.withLock({ $0.queue.takePending() }) else { return }
        channel.writeAndFlush(batch, promise: nil)
        state.withLock { $0.queue.recycle(batch) }
    }

    /// On the event loop: hands whole replies to their callers.
    func receive(_ replies: [RedisReply]) {
        let (completed, isDrained) = state.withLock { state in
            (state.queue.complete(replies), state.isDraining && state.queue.isEmpty)
        }
        guard let resumptions = completed else {
            // A server that takes no more clients says so unasked.
            if case .error(let error)? = replies.last { return close(RedisError(goodbye: error)) }
            let sentence = "The server sent a reply that nobody asked for. The connection was closed."
            return close(RedisError(.protocolViolation, .unknown, sentence))
        }
        for (caller, result) in resumptions { caller.resume(returning: result) }
        if isDrained { close(Self.shutDown) }
    }

    /// Accepts nothing more and ends the connection when everything that was sent is answered, or after `time`.
    func drain(within time: Duration) {
        let isDrained = state.withLock { state in
            state.isDraining = true
            return state.queue.isEmpty
        }
        if isDrained { return close(Self.shutDown) }
        channel.eventLoop.scheduleTask(in: TimeAmount(time)) { self.close(Self.shutDown) }
    }

    private static var shutDown: RedisError {
        RedisError(.shutDown, .unknown, "The Redis client is shut down; no answer was waited for.")
    }

    /// Ends the connection: no command is accepted any more and everybody who waits is told.
    func close(_ reason: RedisError) {
        let resumptions = state.withLock { $0.queue.close(reason) }
        for (caller, result) in resumptions { caller.resume(returning: result) }
        channel.close(mode: .all, promise: nil)
    }

    /// Why the connection ended; `nil` while it is open.
    var closeReason: RedisError? { state.withLock { $0.queue.closed } }

    private func setTimer(at deadline: NIODeadline) {
        guard deadline < timer.value.at else { return }
        timer.value.scheduled?.cancel()
        timer.value = (deadline, channel.eventLoop.scheduleTask(deadline: deadline) { self.checkDeadlines() })
    }

    private func checkDeadlines() {
        timer.value = (.distantFuture, nil)
        let (resumptions, stalled, next) = state.withLock { $0.queue.expire(now: .now()) }
        for (caller, result) in resumptions { caller.resume(returning: result) }
        if stalled { close(RedisError(.deadlineExceeded, .unknown, "Redis has been silent for too long; the connection was closed.")) }
        if let next { setTimer(at: next) }
    }
}

extension NIODeadline {
    /// The time left until this deadline; zero when it has passed.
    var remaining: Duration { .nanoseconds(max(0, (self - .now()).nanoseconds)) }
}
