import CacheServices
import DequeModule

/// What a filter finds in the mirror: identities, and the ranges of the stream by which they are fetched.
struct AuditMatches: Sendable {
    /// Fewer entries than this between two matches are fetched with them: that costs less than one more command.
    private static let nearness = 4
    /// The most entries of one command, so that nobody's small command waits for long.
    private static let together = 200

    /// Newest first.
    private(set) var ids: [StreamID] = []
    /// Whether older events match, too.
    private(set) var goesOn = false
    /// Entries that were passed and cannot be read, newest first.
    private(set) var unreadable: [StreamID] = []
    /// Oldest first; they hold all matches and some entries between them.
    private(set) var ranges: [ClosedRange<StreamID>] = []

    /// - Parameter before: only entries before this one.
    init(_ elements: Deque<StreamMirror<AuditMark>.Element>, filter: AuditFilter, limit: Int, before: StreamID?) {
        var place = before.map { Self.count(of: elements, before: $0) } ?? elements.count
        var passed: [StreamID] = []
        var ranges: [(range: ClosedRange<StreamID>, oldest: Int, count: Int)] = []
        while place > 0 {
            place -= 1
            let element = elements[place]
            guard let mark = element.item else {
                passed.append(element.id)
                continue
            }
            guard filter.allows(mark) else { continue }
            guard ids.count < limit else {
                goesOn = true
                break
            }
            ids.append(element.id)
            unreadable += passed
            passed.removeAll(keepingCapacity: true)
            if let last = ranges.last, last.oldest - place <= Self.nearness, last.count + last.oldest - place <= Self.together {
                ranges[ranges.count - 1] = (element.id...last.range.upperBound, place, last.count + last.oldest - place)
            } else {
                ranges.append((element.id...element.id, place, 1))
            }
        }
        // The last page names what lies before its end, too.
        if !goesOn { unreadable += passed }
        self.ranges = ranges.reversed().map(\.range)
    }

    /// How many elements stand before an identity.
    private static func count(of elements: Deque<StreamMirror<AuditMark>.Element>, before id: StreamID) -> Int {
        var (low, high) = (0, elements.count)
        while low < high {
            let middle = low + (high - low) / 2
            if elements[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
