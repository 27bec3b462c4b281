/// An append-only, capped sequence of entries that many processes read. Two implementations: ``RedisEventStream`` and
/// ``InMemoryEventStream``.
public protocol EventStream: Sendable {
    /// Adds an entry and trims the stream to its cap in the same step.
    ///
    /// - Returns: the identity that the stream gave it, greater than every one before.
    @discardableResult
    func append(_ fields: [StreamEntry.Field]) async throws(CacheError) -> StreamID

    /// Entries with an identity after `id`, oldest first.
    ///
    /// - Parameter limit: the most that are answered; at least 1.
    func entries(after id: StreamID, limit: Int) async throws(CacheError) -> [StreamEntry]

    /// The newest entries, newest first.
    ///
    /// - Parameter limit: the most that are answered; at least 1.
    func newest(_ limit: Int) async throws(CacheError) -> [StreamEntry]

    /// Length, ends and deletions.
    func info() async throws(CacheError) -> StreamInfo

    /// Cuts the oldest entries until `length` are left; answers how many went.
    @discardableResult
    func trim(to length: Int) async throws(CacheError) -> Int

    /// Every entry after `id`, now and in future, in batches; ends with an error when the stream cannot be read, and with the task.
    func follow(after id: StreamID) -> AsyncThrowingStream<[StreamEntry], any Error>
}
