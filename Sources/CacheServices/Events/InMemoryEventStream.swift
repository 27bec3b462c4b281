import DequeModule
import Synchronization

/// A capped stream in the memory of one process: the twin of ``RedisEventStream``.
public final class InMemoryEventStream: EventStream {
    private struct State {
        var entries: Deque<StreamEntry> = []
        var lastID = StreamID.zero
        var added = 0
        var maxDeletedID = StreamID.zero
        var followers: [Int: FollowerBuffer.Continuation] = [:]
        var nextFollower = 0

        var info: StreamInfo {
            StreamInfo(
                length: entries.count, firstID: entries.first?.id, lastID: lastID, entriesAdded: added, maxDeletedID: maxDeletedID)
        }
    }

    private let maximumLength: Int
    private let clock: CacheClock
    private let state = Mutex(State())

    /// - Parameter maximumLength: the exact cap; at least 1.
    public init(maximumLength: Int, clock: CacheClock = .system) {
        self.maximumLength = max(1, maximumLength)
        self.clock = clock
    }

    @discardableResult
    public func append(_ fields: [StreamEntry.Field]) async throws(CacheError) -> StreamID { add(fields) }

    /// Adds a change, with the fields that the change stream in Redis has.
    package func append(_ change: ChangeEvent) {
        _ = add(change.fields)
    }

    private func add(_ fields: [StreamEntry.Field]) -> StreamID {
        let milliseconds = UInt64(max(0, clock.wall().milliseconds))
        return state.withLock { state in
            // Identities never go back, whatever the clock does.
            let id = max(StreamID(milliseconds: milliseconds, sequence: 0), state.lastID.next)
            let entry = StreamEntry(id: id, fields: fields)
            state.lastID = id
            state.added += 1
            state.entries.append(entry)
            if state.entries.count > maximumLength { state.entries.removeFirst() }
            for follower in state.followers.values { follower.offer([entry]) }
            return id
        }
    }

    public func entries(after id: StreamID, limit: Int) async throws(CacheError) -> [StreamEntry] {
        state.withLock { state in Array(state.entries.suffix(from: { $0.id > id }).prefix(max(1, limit))) }
    }

    public func newest(_ limit: Int, before: StreamID?) async throws(CacheError) -> [StreamEntry] {
        state.withLock { state in
            let end = before.map { before in state.entries.suffix(from: { $0.id >= before }).startIndex } ?? state.entries.endIndex
            return state.entries[..<end].suffix(max(1, limit)).reversed()
        }
    }

    public func entries(in ranges: [ClosedRange<StreamID>]) async throws(CacheError) -> [[StreamEntry]] {
        state.withLock { state in
            ranges.map { range in
                Array(state.entries.suffix(from: { $0.id >= range.lowerBound }).prefix { $0.id <= range.upperBound })
            }
        }
    }

    public func dedicated() async throws(CacheError) -> any EventStream { self }

    public func info() async throws(CacheError) -> StreamInfo { state.withLock(\.info) }

    public func piece(after id: StreamID, limit: Int) async throws(CacheError) -> StreamPiece {
        state.withLock { state in
            let from = state.entries.suffix(from: { $0.id >= id })
            let holdsStart = from.first?.id == id
            return StreamPiece(
                info: state.info, holdsStart: holdsStart, entries: Array(from.dropFirst(holdsStart ? 1 : 0).prefix(max(1, limit))))
        }
    }

    public func wait(after id: StreamID, atMost limit: Duration) async throws(CacheError) {
        let entries = follow(after: id)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var iterator = entries.makeAsyncIterator()
                _ = try? await iterator.next()
            }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        if Task.isCancelled { throw CacheError(.cancelled, "The task was cancelled.") }
    }

    @discardableResult
    public func trim(to length: Int) async throws(CacheError) -> Int {
        state.withLock { state in
            let surplus = max(0, state.entries.count - max(0, length))
            state.entries.removeFirst(surplus)
            return surplus
        }
    }

    /// Deletes single entries; answers how many were there.
    @discardableResult
    package func delete(_ ids: [StreamID]) async throws(CacheError) -> Int {
        let ids = Set(ids)
        return state.withLock { state in
            let gone = state.entries.filter { ids.contains($0.id) }
            state.entries.removeAll { ids.contains($0.id) }
            state.maxDeletedID = max(state.maxDeletedID, gone.last?.id ?? .zero)
            return gone.count
        }
    }

    public func follow(after id: StreamID) -> AsyncThrowingStream<[StreamEntry], any Error> {
        let (stream, continuation) = FollowerBuffer.make()
        let number = state.withLock { state in
            let missed = Array(state.entries.suffix(from: { $0.id > id }))
            if !missed.isEmpty { continuation.offer(missed) }
            state.nextFollower += 1
            state.followers[state.nextFollower] = continuation
            return state.nextFollower
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.followers.removeValue(forKey: number) }
        }
        return stream
    }
}

extension Deque<StreamEntry> {
    /// The entries from the first that satisfies a condition which, once true, stays true.
    fileprivate func suffix(from isInside: (StreamEntry) -> Bool) -> SubSequence {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isInside(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return self[low...]
    }
}
