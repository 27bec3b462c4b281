import CacheServices

/// What the checkpoints vouch for: the events in the order of the stream, each by its place and its tag, and where nothing is known.
struct SignedCoverage {
    struct Segment: Sendable {
        let checkpoint: Checkpoint
        /// Its events among ``SignedCoverage/tags``.
        let positions: Range<Int>
        /// Whether these are all of its events: what an earlier checkpoint has signed already counts once.
        let isWhole: Bool
        /// Whether Redis may have lost the last of them.
        let mayEndEarly: Bool
    }

    private(set) var ids: [StreamID] = []
    private(set) var tags: [UInt64] = []
    private(set) var segments: [Segment] = []
    /// The last entry that is vouched for.
    private(set) var through: StreamID?

    /// - Parameters:
    ///   - trusted: oldest first. Where two speak of the same place the first one counts: a later one can have signed only what was left.
    ///   - first: the oldest entry that is left: what was signed long before it is not needed …
    ///   - atLeast: … beyond so many events.
    ///   - isLost: whether Redis went back behind the checkpoint with a number.
    init(_ trusted: [Checkpoint], first: StreamID?, atLeast: Int, isLost: (Int) -> Bool = { _ in false }) {
        var (start, count) = (trusted.count, 0)
        while start > 0 {
            let statement = trusted[start - 1].statement
            if count >= atLeast, let first, statement.to < first { break }
            start -= 1
            count += statement.count
        }
        tags.reserveCapacity(count)
        ids.reserveCapacity(count)
        for checkpoint in trusted[start...] {
            let statement = checkpoint.statement
            let known = through ?? .zero
            let begin = statement.ids.partitioningIndex { $0 > known }
            let positions = tags.count..<(tags.count + statement.count - begin)
            ids.append(contentsOf: statement.ids[begin...])
            tags.append(contentsOf: statement.tags[begin...])
            segments.append(
                Segment(checkpoint: checkpoint, positions: positions, isWhole: begin == 0, mayEndEarly: isLost(checkpoint.number)))
            through = max(known, statement.to)
        }
    }

    /// Whether a checkpoint speaks of the place at which an entry stands.
    func covers(_ id: StreamID) -> Bool {
        let place = segments.partitioningIndex { $0.checkpoint.statement.to >= id }
        return place < segments.count && segments[place].checkpoint.statement.from < id
    }

    /// How many events are vouched for up to and with a checkpoint.
    func count(through number: Int) -> Int {
        segments.last { $0.checkpoint.number == number }?.positions.upperBound ?? tags.count
    }
}

extension RandomAccessCollection {
    /// The first index from which on something is so, in a collection in which it stays so.
    func partitioningIndex(where isSo: (Element) -> Bool) -> Index {
        var (low, count) = (startIndex, self.count)
        while count > 0 {
            let half = count / 2
            let middle = index(low, offsetBy: half)
            if isSo(self[middle]) {
                count = half
            } else {
                low = index(after: middle)
                count -= half + 1
            }
        }
        return low
    }
}
