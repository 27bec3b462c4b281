public import DequeModule

/// A local copy of a capped stream that reads only what is new: statistics over 10,000 entries then cost no transfer of 10,000 entries.
///
/// Each ``sync()`` compares length, first identity, entries added and deletions with what the copy should have; anything that cannot be
/// explained by trimming from the front, such as a removed entry or a replaced stream, makes it read everything again.
public actor StreamMirror {
    private let stream: any EventStream
    private let maximumLength: Int
    private var last = StreamID.zero
    private var known = StreamInfo()
    private var running: Task<Result<Void, CacheError>, Never>?
    /// The copy, oldest first.
    public private(set) var entries: Deque<StreamEntry> = []
    /// How often everything had to be read again.
    public private(set) var reloads = 0

    /// - Parameter maximumLength: the most entries that are kept; the stream's own cap.
    public init(_ stream: any EventStream, maximumLength: Int) {
        self.stream = stream
        self.maximumLength = max(1, maximumLength)
    }

    /// Brings the copy up to date: one round trip when nothing is new. Concurrent calls take their turns.
    public func sync() async throws(CacheError) {
        // Somebody else's look may have begun before this call, so it is waited for and not shared.
        while let running { _ = await running.value }
        let task = Task { () -> Result<Void, CacheError> in
            do throws(CacheError) {
                return .success(try await look())
            } catch {
                return .failure(error)
            }
        }
        running = task
        let result = await task.value
        running = nil
        try result.get()
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
        entries.removeAll()
        last = .zero
        reloads += 1
    }

    private func read(_ info: StreamInfo) async throws(CacheError) {
        while last < info.lastID {
            let new = try await stream.entries(after: last, limit: 1000)
            guard let newest = new.last else { break }
            entries.append(contentsOf: new)
            last = newest.id
        }
        last = max(last, info.lastID)
        if let first = info.firstID {
            while let oldest = entries.first, oldest.id < first { entries.removeFirst() }
        } else if info.length == 0 {
            entries.removeAll()
        }
        if entries.count > maximumLength { entries.removeFirst(entries.count - maximumLength) }
    }

    /// Whether the copy begins where the stream does and still has more than it: an older entry was deleted after a newer one.
    private func lacksDeletions(_ info: StreamInfo) -> Bool {
        guard let first = info.firstID, entries.first?.id == first else { return false }
        let later = entries.reversed().prefix { $0.id > info.lastID }.count
        return entries.count - later > info.length
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
