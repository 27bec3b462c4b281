import DequeModule
import NIOCore

/// The slots of one connection in the order of their commands, and the commands that are not written yet.
///
/// A pure structure: it decides who is to be resumed with what, and its owner does it. That is also the proof that the unsafe
/// continuations are resumed exactly once: each lives in one slot, every method here that hands it out takes it out of the slot
/// first, and slots leave the queue only through ``complete(_:)`` and ``close(_:)``.
struct ReplyQueue {
    typealias Resumption = (caller: ReplySlot.Caller, result: Result<RedisReply, RedisError>)

    private(set) var slots: Deque<ReplySlot> = []
    /// Commands that were encoded but not yet handed to the channel.
    private(set) var pending = ByteBuffer()
    /// How many slots from the front belong to commands that the channel has.
    private var written = 0
    /// Why nothing more is accepted.
    private(set) var closed: RedisError?
    private let maximumInFlight: Int

    init(maximumInFlight: Int) {
        self.maximumInFlight = maximumInFlight
    }

    var isEmpty: Bool { slots.isEmpty }

    /// Whether enough commands wait to be written that the server could work on them while more are prepared: 16, and more where
    /// many are under way, so that the number of writes stays small.
    var isBatchFull: Bool { slots.count - written >= max(16, slots.count / 8) }

    /// Queues a command; an error means that it was not queued.
    mutating func enqueue(_ encoded: [UInt8], _ slot: ReplySlot) -> RedisError? {
        if let closed { return closed.with(outcome: .notSent) }
        guard slots.count < maximumInFlight else {
            return RedisError(.overloaded, .notSent, "Too many commands wait for Redis in this process; the command was not sent.")
        }
        slots.append(slot)
        pending.writeBytes(encoded)
        return nil
    }

    /// Takes everything that gathered since the last call, to be written in one go.
    mutating func takePending() -> ByteBuffer? {
        guard pending.readableBytes > 0 else { return nil }
        let batch = pending
        pending = ByteBuffer()
        written = slots.count
        return batch
    }

    /// Gives a written buffer back, so that the next commands need no allocation.
    mutating func recycle(_ buffer: consuming ByteBuffer) {
        guard pending.readableBytes == 0, pending.capacity == 0, buffer.capacity <= 1 << 20 else { return }
        buffer.clear()
        pending = buffer
    }

    /// Matches replies with their slots in order. `nil` when a reply came that nobody asked for.
    mutating func complete(_ replies: [RedisReply]) -> [Resumption]? {
        guard replies.count <= written else { return nil }
        var resumptions: [Resumption] = []
        resumptions.reserveCapacity(replies.count)
        for reply in replies {
            guard let slot = slots.popFirst() else { return nil }
            if let caller = slot.caller { resumptions.append((caller, .success(reply))) }
        }
        written -= replies.count
        return resumptions
    }

    /// Takes the caller out of its slot; the slot stays. `nil` when it was already resumed.
    mutating func cancel(token: UInt64) -> (caller: ReplySlot.Caller, error: RedisError)? {
        guard let index = index(of: token), let caller = slots[index].caller else { return nil }
        slots[index].caller = nil
        return (caller, RedisError(.cancelled, .unknown, "The task was cancelled before Redis answered."))
    }

    /// Tokens are drawn one for each slot, nearly in the order of the slots, so the search starts where the token should be and goes
    /// outward from there. One from before the first slot is almost certainly answered, and is looked for among the first few only.
    private func index(of token: UInt64) -> Int? {
        guard let first = slots.first else { return nil }
        let guess = token >= first.token ? Int(min(token - first.token, UInt64(slots.count - 1))) : 0
        let reach = token < first.token ? min(slots.count, 256) : slots.count
        for distance in 0..<reach {
            if guess >= distance, slots[guess - distance].token == token { return guess - distance }
            if guess + distance < slots.count, slots[guess + distance].token == token { return guess + distance }
        }
        return nil
    }

    /// What passed its time at `now`, and when to look again.
    mutating func expire(now: NIODeadline) -> (resumptions: [Resumption], stalled: Bool, next: NIODeadline?) {
        if let first = slots.first, first.stall <= now { return ([], true, nil) }
        var resumptions: [Resumption] = []
        var next = slots.first?.stall
        for index in slots.indices {
            guard let caller = slots[index].caller else { continue }
            if slots[index].deadline <= now {
                slots[index].caller = nil
                let error = RedisError(.deadlineExceeded, .unknown, "Redis did not answer in time; whether it ran the command is open.")
                resumptions.append((caller, .failure(error)))
            } else {
                next = next.map { min($0, slots[index].deadline) }
            }
        }
        return (resumptions, false, next)
    }

    /// Ends the queue: written commands have an unknown outcome, the others were not sent. Later calls find nothing.
    mutating func close(_ reason: RedisError) -> [Resumption] {
        guard closed == nil else { return [] }
        closed = reason
        var resumptions: [Resumption] = []
        for (index, slot) in slots.enumerated() {
            guard let caller = slot.caller else { continue }
            resumptions.append((caller, .failure(reason.with(outcome: index < written ? .unknown : .notSent))))
        }
        slots.removeAll()
        pending = ByteBuffer()
        written = 0
        return resumptions
    }
}
