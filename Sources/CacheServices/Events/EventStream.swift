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
    /// - Parameters:
    ///   - limit: the most that are answered; at least 1.
    ///   - before: only entries with an identity before this one.
    func newest(_ limit: Int, before: StreamID?) async throws(CacheError) -> [StreamEntry]

    /// Entries after `id`, oldest first, and the stream in the same instant: one step.
    ///
    /// - Parameter limit: the most that are answered; at least 1.
    func piece(after id: StreamID, limit: Int) async throws(CacheError) -> StreamPiece

    /// Waits until there is an entry after `id`, or for `limit`. On a stream that is not ``dedicated()`` it waits on a connection of its own.
    func wait(after id: StreamID, atMost limit: Duration) async throws(CacheError)

    /// The entries of every range, oldest first within it, asked for at once.
    func entries(in ranges: [ClosedRange<StreamID>]) async throws(CacheError) -> [[StreamEntry]]

    /// The same stream to be read in bulk: over a connection of its own where there are connections, so that its answers stand in front
    /// of nobody's small command. The connection lives as long as what is answered here.
    func dedicated() async throws(CacheError) -> any EventStream

    /// Length, ends and deletions.
    func info() async throws(CacheError) -> StreamInfo

    /// Cuts the oldest entries until `length` are left; answers how many went.
    @discardableResult
    func trim(to length: Int) async throws(CacheError) -> Int

    /// Every entry after `id`, now and in future, in batches; ends with an error when the stream cannot be read, and with the task.
    func follow(after id: StreamID) -> AsyncThrowingStream<[StreamEntry], any Error>
}

extension EventStream {
    /// The newest entries, newest first.
    ///
    /// - Parameter limit: the most that are answered; at least 1.
    public func newest(_ limit: Int) async throws(CacheError) -> [StreamEntry] { try await newest(limit, before: nil) }
}
