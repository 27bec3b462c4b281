public import CacheServices

/// What a checkpoint says: the state of the trail at one instant, and which events came since the checkpoint before.
///
/// Everything about the stream (`length`, `firstID`, `entriesAdded`) is as of ``to``, which was its newest entry at that instant.
public struct CheckpointStatement: Sendable, Hashable {
    /// Where a writer's chain stands.
    public struct Head: Sendable, Hashable {
        public let writer: WriterID
        public let sequence: Int
        public let hash: ChainHash
    }

    /// The newest checkpoint that Redis once had and lost, as the signer itself knows it: what was left of its events was its beginning.
    public struct Loss: Sendable, Hashable {
        public let number: Int
        public let hash: ChainHash
    }

    /// Whose trail it is: no checkpoint of one namespace vouches for another.
    public var namespace: Namespace
    /// The run of the Redis server that held the trail; `nil` when it could not be read. As long as it is the same one, Redis has lost nothing.
    public var server: String?
    /// 1, 2, 3 … without a gap.
    public var number: Int
    /// When it was made, by the clock of the signer.
    public var time: Timestamp
    /// The hash of the checkpoint before; zeros for the first.
    public var previous: ChainHash
    /// The events after this entry …
    public var from: StreamID
    /// … up to and including this one are covered.
    public var to: StreamID
    /// Events that the signer saw in this range.
    public var count: Int { tags.count }
    /// Events of this range that were trimmed before the signer saw them.
    public var skipped: Int
    /// The last event of every writer in this range.
    public var heads: [Head]
    /// SHA-256 over `<stream id> <hash>` and a line feed for each event of the range.
    public var digest: ChainHash
    /// Where each event stands in the stream, oldest first.
    public var ids: [StreamID]
    /// The first 16 hexadecimal digits of each event's hash, in the order of ``ids``: by them a range whose front was trimmed is still
    /// proved event by event.
    public var tags: [UInt64]
    /// Records of clearing among the events.
    public var cleared: Int
    /// The oldest entry of the stream.
    public var firstID: StreamID?
    /// Entries ever added to the stream; `nil` when the server does not say.
    public var entriesAdded: Int?
    /// Entries in the stream.
    public var length: Int
    /// The cap of the stream.
    public var maximumLength: Int
    /// The name of the key that signs; `nil` for an unsigned checkpoint.
    public var keyName: String?
    /// What Redis lost of the checkpoints before this one.
    public var lost: Loss?
}
