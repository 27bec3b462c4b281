/// What tells whether a copy of a stream is still whole.
public struct StreamInfo: Sendable, Hashable {
    /// Entries in the stream.
    public var length: Int
    /// The oldest entry; `nil` when the stream is empty.
    public var firstID: StreamID?
    /// The newest entry that ever was.
    public var lastID: StreamID
    /// Entries that were ever added; `nil` when the server is too old to say.
    public var entriesAdded: Int?
    /// The greatest entry that was deleted singly; zero when none was.
    public var maxDeletedID: StreamID

    public init(
        length: Int = 0, firstID: StreamID? = nil, lastID: StreamID = .zero, entriesAdded: Int? = 0, maxDeletedID: StreamID = .zero
    ) {
        self.length = length
        self.firstID = firstID
        self.lastID = lastID
        self.entriesAdded = entriesAdded
        self.maxDeletedID = maxDeletedID
    }
}
