public import DequeModule

/// A local copy of a capped stream that reads only what is new: statistics over 10,000 entries then cost no transfer of 10,000 entries.
///
/// It keeps of every entry what a projection makes of it. Each ``sync()`` compares length, first identity, entries added and deletions with
/// what the copy should have; anything that cannot be explained by trimming from the front, such as a removed entry or a replaced stream,
/// makes it read everything again. Large reads go over a connection of their own.
public actor StreamMirror<Item: Sendable> {
    /// An entry as it is kept.
    public struct Element: Sendable {
        public let id: StreamID
        /// What the projection made of it; `nil` when it could not read the entry.
        public let item: Item?
    }

    /// From so many new entries on, they come over a connection of their own.
    static var bulk: Int { 500 }

    private let stream: any EventStream
    private let maximumLength: Int
    private let project: @Sendable (StreamEntry) -> Item?
    private var last = StreamID.zero
    private var known = StreamInfo()
    private var begun = 0
    private var running: (number: Int, task: Task<Result<Void, CacheError>, Never>)?
    /// The copy, oldest first; as long as the stream.
    public private(set) var elements: Deque<Element> = []
    /// How often everything had to be read again.
    public private(set) var reloads = 0

    /// - Parameters:
    ///   - maximumLength: the most entries that are kept; the stream's own cap.
    ///   - project: what is kept of an entry.
    public init(_ stream: any EventStream, maximumLength: Int, project: @escaping @Sendable (StreamEntry) -> Item?) {
        self.stream = stream
        self.maximumLength = max(1, maximumLength)
        self.project = project
    }

    /// What the projection made of the entries that it could read, oldest first.
    public var items: [Item] { elements.compactMap(\.item) }

    /// Computes something from the copy where it is, without copying it.
    public func read<Value: Sendable>(_ body: @Sendable (Deque<Element>) -> Value) -> Value { body(elements) }

    /// Brings the copy up to date: one round trip when nothing is new. Calls that come while one is under way share the next one.
    ///
    /// When the calling task is cancelled the call ends at once with `cancelled`; the look itself goes on for the others.
    public func sync() async throws(CacheError) {
        let before = begun
        while let running {
            let result = await Self.outcome(of: running.task)
            // A look that began before this call may have missed what this call is to see; a later one has not.
            if running.number > before || Task.isCancelled { return try result.get() }
        }
        begun += 1
        let task = Task { () -> Result<Void, CacheError> in
            defer { running = nil }
            do throws(CacheError) {
                return .success(try await look())
            } catch {
                return .failure(error)
            }
        }
        running = (begun, task)
        try await Self.outcome(of: task).get()
    }

    /// Waits for a look, but no longer than the calling task is wanted: waiting for the value of a task does not end with one's own.
    private static func outcome(of task: Task<Result<Void, CacheError>, Never>) async -> Result<Void, CacheError> {
        let (outcomes, continuation) = AsyncStream.makeStream(of: Result<Void, CacheError>.self)
        let watch = Task {
            continuation.yield(await task.value)
            continuation.finish()
        }
        for await outcome in outcomes { return outcome }
        watch.cancel()
        return .failure(CacheError(.cancelled, "The task was cancelled."))
    }

    private func look() async throws(CacheError) {
        let info = try await stream.info()
        var isNew = !continues(info)
        var new = try await read(info, after: isNew ? .zero : last)
        if !isNew, lacksDeletions(info, new) {
            isNew = true
            new = try await read(info, after: .zero)
        }
        // Nothing waits from here on: whoever reads never sees a copy that is half made.
        if isNew {
            elements.removeAll()
            reloads += 1
        }
        elements.append(contentsOf: new)
        last = max(new.last?.id ?? (isNew ? .zero : last), info.lastID)
        trim(info)
        known = info
    }

    private func read(_ info: StreamInfo, after start: StreamID) async throws(CacheError) -> [Element] {
        let source = try await source(for: info, after: start)
        var new: [Element] = []
        var last = start
        while last < info.lastID {
            let page = try await source.entries(after: last, limit: 1000)
            guard let newest = page.last else { break }
            for entry in page { new.append(Element(id: entry.id, item: project(entry))) }
            last = newest.id
        }
        return new
    }

    private func trim(_ info: StreamInfo) {
        if let first = info.firstID {
            while let oldest = elements.first, oldest.id < first { elements.removeFirst() }
        } else if info.length == 0 {
            elements.removeAll()
        }
        if elements.count > maximumLength { elements.removeFirst(elements.count - maximumLength) }
    }

    private func source(for info: StreamInfo, after start: StreamID) async throws(CacheError) -> any EventStream {
        let added = info.entriesAdded.flatMap { added in known.entriesAdded.map { added - $0 } }
        let new = start == .zero || elements.isEmpty ? info.length : min(info.length, added ?? info.length)
        guard start < info.lastID, new >= Self.bulk else { return stream }
        // A server that has no connection left may still answer on the one that there is.
        return (try? await stream.dedicated()) ?? stream
    }

    /// Whether the copy with what is new would begin where the stream does and still have more than it: an older entry was deleted after a
    /// newer one.
    private func lacksDeletions(_ info: StreamInfo, _ new: [Element]) -> Bool {
        guard let first = info.firstID else { return false }
        let gone = countBefore(first)
        let fresh = gone < elements.count ? new[...] : new.drop { $0.id < first }
        guard (gone < elements.count ? elements[gone] : fresh.first)?.id == first else { return false }
        let later = fresh.reversed().prefix { $0.id > info.lastID }.count
        return elements.count - gone + fresh.count - later > info.length
    }

    /// How many elements stand before an identity.
    private func countBefore(_ id: StreamID) -> Int {
        var (low, high) = (0, elements.count)
        while low < high {
            let middle = low + (high - low) / 2
            if elements[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether everything that happened since the last look is additions at the end and trimming at the front.
    private func continues(_ info: StreamInfo) -> Bool {
        guard known.lastID != .zero else { return true }
        guard info.lastID >= known.lastID, info.maxDeletedID == known.maxDeletedID else { return false }
        if let added = info.entriesAdded, let before = known.entriesAdded, added < before { return false }
        if let first = info.firstID, let before = known.firstID, first < before { return false }
        if info.lastID == known.lastID { return info.length == known.length || info.firstID != known.firstID }
        return true
    }
}

extension StreamMirror where Item == StreamEntry {
    /// Keeps the entries themselves.
    public init(_ stream: any EventStream, maximumLength: Int) {
        self.init(stream, maximumLength: maximumLength) { $0 }
    }
}
