import CacheServices

/// What became of an event.
enum LaneAnswer: Sendable, Hashable {
    /// It is in the stream; without an identity when it was there before and has been trimmed.
    case recorded(StreamID?, WriterID, sequence: Int, PublishResult?)
    /// It is on the disk.
    case spooled(WriterID, sequence: Int)
    /// An earlier request with the same key had recorded it.
    case remembered(RememberedRequest)
    /// The signal was in the history before, so that there is nothing to record.
    case notAdded(PublishResult)
    /// Something was added since: the clearing did nothing.
    case moved
}
