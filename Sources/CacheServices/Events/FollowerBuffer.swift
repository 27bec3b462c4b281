/// How far a follower of a stream may fall behind before it is told so.
///
/// Nothing is left out unsaid: a follower that is too slow gets an error, and resumes after the last entry that it saw.
enum FollowerBuffer {
    /// Batches that wait for a slow reader.
    static let batches = 1024

    typealias Continuation = AsyncThrowingStream<[StreamEntry], any Error>.Continuation

    static func make() -> (stream: AsyncThrowingStream<[StreamEntry], any Error>, continuation: Continuation) {
        AsyncThrowingStream.makeStream(of: [StreamEntry].self, bufferingPolicy: .bufferingOldest(batches))
    }
}

extension FollowerBuffer.Continuation {
    /// Hands a batch on; false when the follower is gone or was too slow, in which case it has been told.
    @discardableResult
    func offer(_ entries: [StreamEntry]) -> Bool {
        switch yield(entries) {
        case .enqueued: return true
        case .dropped:
            let told = "The reader of the stream is too slow; it can resume after the last entry that it saw."
            finish(throwing: CacheError(.overCapacity, told))
            return false
        case .terminated: return false
        @unknown default: return false
        }
    }
}
