import CacheServices

/// What is left of the events of a checkpoint that Redis has no more. A Redis that went back in time still has their beginning, and nothing
/// else in their place; whoever took a checkpoint away to change what it signed leaves something else.
enum SignedRemains {
    enum Judgement: Sendable, Hashable {
        /// The first of them, or none: what a Redis that lost the rest looks like.
        case beginning
        /// All of them, or anything else.
        case other
    }

    /// - Parameters:
    ///   - entries: what stands in the range of the checkpoint now, oldest first.
    ///   - info: of the stream.
    static func judge(_ statement: CheckpointStatement, _ entries: [StreamEntry], _ info: StreamInfo) -> Judgement {
        guard !statement.tags.isEmpty else { return .other }
        // Only a full stream can have let go of the front of the range since.
        let mayLackFront = info.length >= statement.maximumLength && entries.first?.id == info.firstID
        var place = 0
        if mayLackFront, let first = entries.first, let found = statement.ids.firstIndex(of: first.id) { place = found }
        for entry in entries {
            guard place < statement.ids.count, statement.ids[place] == entry.id, let record = AuditRecord(entry), record.isIntact,
                record.hash.tag == statement.tags[place]
            else { return .other }
            place += 1
        }
        return place == statement.ids.count ? .other : .beginning
    }
}
