/// Some entries of a stream and, of the same instant, the stream itself: what tells whether something is missing before them.
public struct StreamPiece: Sendable, Hashable {
    /// The stream at the instant at which the entries were read.
    public let info: StreamInfo
    /// Whether the entry after which was asked was itself still there.
    public let holdsStart: Bool
    /// Entries after that one, oldest first.
    public let entries: [StreamEntry]

    public init(info: StreamInfo, holdsStart: Bool, entries: [StreamEntry]) {
        self.info = info
        self.holdsStart = holdsStart
        self.entries = entries
    }
}
