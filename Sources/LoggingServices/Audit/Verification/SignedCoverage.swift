import CacheServices

/// What the checkpoints vouch for: the tags of events in the order of the stream, and where nothing is known.
struct SignedCoverage {
    struct Segment: Sendable {
        let checkpoint: Checkpoint
        /// Its events among ``SignedCoverage/tags``.
        let positions: Range<Int>
    }

    private(set) var tags: [UInt64] = []
    private(set) var segments: [Segment] = []
    /// The last entry that is vouched for.
    private(set) var through: StreamID?

    /// - Parameters:
    ///   - first: the oldest entry that is left: what was signed long before it is not needed …
    ///   - atLeast: … beyond so many events.
    init(_ trusted: [Checkpoint], first: StreamID?, atLeast: Int) {
        var kept: [Checkpoint] = []
        var count = 0
        for checkpoint in trusted.reversed() {
            let statement = checkpoint.statement
            if count >= atLeast, let first, statement.to < first { break }
            // A range that was signed again later counts once.
            if let later = kept.last, statement.to > later.statement.from { continue }
            kept.append(checkpoint)
            count += statement.count
        }
        tags.reserveCapacity(count)
        for checkpoint in kept.reversed() {
            segments.append(Segment(checkpoint: checkpoint, positions: tags.count..<(tags.count + checkpoint.statement.count)))
            tags.append(contentsOf: checkpoint.statement.tags)
        }
        through = segments.last?.checkpoint.statement.to
    }

    /// Whether a checkpoint speaks of the place at which an entry stands.
    func covers(_ id: StreamID) -> Bool {
        var (low, high) = (0, segments.count)
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].checkpoint.statement.to < id { low = middle + 1 } else { high = middle }
        }
        return low < segments.count && segments[low].checkpoint.statement.from < id
    }
}
