/// Which keys were written lately, so that an answer that was on its way meanwhile does not undo a write in memory.
///
/// Bounded by two generations of keys. What is older than both is not told apart any more, and counts as written.
struct RecentWrites {
    static let generation = 4096

    /// The number of the newest write; an answer carries the one from when its question was sent.
    private(set) var last: UInt64 = 0
    private var recent: [String: UInt64] = [:]
    private var older: [String: UInt64] = [:]
    private var olderEnd: UInt64 = 0
    private var forgotten: UInt64 = 0

    mutating func note(_ key: String) {
        last += 1
        recent[key] = last
        guard recent.count >= Self.generation else { return }
        (older, recent) = (recent, [:])
        (forgotten, olderEnd) = (olderEnd, last)
    }

    /// Whether a key was written after the write with this number.
    func contains(_ key: String, after number: UInt64) -> Bool {
        guard number < last else { return false }
        return number < forgotten || (recent[key] ?? older[key] ?? 0) > number
    }
}
