/// Assembles the values that the codec reports one by one, depth first, into whole replies.
///
/// The codec announces an array by its length and then reports its elements, so nothing is ever allocated for a length that
/// was only announced: `*2147483647` costs nothing, and is refused when it breaks ``ReplyLimits/maximumElements``.
struct ReplyBuilder {
    private struct Frame {
        var elements: [RedisReply]
        var missing: Int
    }

    let limits: ReplyLimits
    private var frames: [Frame] = []
    private var elementCount = 0
    private(set) var finished: RedisReply?

    init(limits: ReplyLimits) {
        self.limits = limits
    }

    /// A value that is not an array.
    mutating func value(_ reply: RedisReply) {
        var reply = reply
        while !frames.isEmpty {
            frames[frames.count - 1].elements.append(reply)
            frames[frames.count - 1].missing -= 1
            guard frames[frames.count - 1].missing == 0 else { return }
            reply = .array(frames.removeLast().elements)
        }
        finished = reply
    }

    /// The head of an array. False when the reply has too many elements or levels.
    mutating func array(count: Int) -> Bool {
        guard count >= 0, count <= limits.maximumElements - elementCount, frames.count < limits.maximumDepth else { return false }
        elementCount += count
        if count == 0 {
            value(.array([]))
        } else {
            var frame = Frame(elements: [], missing: count)
            frame.elements.reserveCapacity(min(count, 128))
            frames.append(frame)
        }
        return true
    }

    /// Takes the reply that was completed, and is ready for the next one.
    mutating func take() -> RedisReply? {
        defer {
            finished = nil
            elementCount = 0
        }
        return finished
    }
}
