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
    public func sync() async throws(CacheError) {
        let before = begun
        while let running {
            let result = await running.task.value
            // A look that began before this call may have missed what this call is to see; a later one has not.
            if running.number > before { return try result.get() }
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
        try await task.value.get()
    }

    private func look() async throws(CacheError) {
        let info = try await stream.info()
        if !continues(info) { startOver() }
        try await read(info)
        if lacksDeletions(info) {
            startOver()
            try await read(info)
        }
        known = info
    }

    private func startOver() {
        elements.removeAll()
        last = .zero
        reloads += 1
    }

    private func read(_ info: StreamInfo) async throws(CacheError) {
        let source = try await source(for: info)
        while last < info.lastID {
            let new = try await source.entries(after: last, limit: 1000)
            guard let newest = new.last else { break }
            for entry in new { elements.append(Element(id: entry.id, item: project(entry))) }
            last = newest.id
        }
        last = max(last, info.lastID)
        if let first = info.firstID {
            while let oldest = elements.first, oldest.id < first { elements.removeFirst() }
        } else if info.length == 0 {
            elements.removeAll()
        }
        if elements.count > maximumLength { elements.removeFirst(elements.count - maximumLength) }
    }

    private func source(for info: StreamInfo) async throws(CacheError) -> any EventStream {
        let added = info.entriesAdded.flatMap { added in known.entriesAdded.map { added - $0 } }
        let new = elements.isEmpty ? info.length : min(info.length, added ?? info.length)
        guard last < info.lastID, new >= Self.bulk else { return stream }
        // A server that has no connection left may still answer on the one that there is.
        return (try? await stream.dedicated()) ?? stream
    }

    /// Whether the copy begins where the stream does and still has more than it: an older entry was deleted after a newer one.
    private func lacksDeletions(_ info: StreamInfo) -> Bool {
        guard let first = info.firstID, elements.first?.id == first else { return false }
        let later = elements.reversed().prefix { $0.id > info.lastID }.count
        return elements.count - later > info.length
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
