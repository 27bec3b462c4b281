/// How far somebody has read a stream: the last entry, and the how manieth it was since the stream began.
///
/// The number is what tells exactly how many entries were trimmed away after the place: the stream counts what was ever added.
public struct StreamPlace: Sendable, Hashable {
    /// The last entry that was read; zero before the first.
    public let id: StreamID
    /// Entries that had been added up to this one; `nil` where the server is too old to count (before Redis 7).
    public let ordinal: Int?

    /// - Parameter ordinal: 0 to 2^60; a count beyond that is none, whoever set it.
    public init(id: StreamID, ordinal: Int?) {
        self.id = id
        self.ordinal = ordinal.flatMap { Self.ordinals.contains($0) ? $0 : nil }
    }

    /// The numbers that an entry can have.
    public static let ordinals = 0...(1 << 60)

    /// The end of a stream.
    public init(endOf info: StreamInfo) {
        self.init(id: info.lastID, ordinal: info.entriesAdded)
    }

    /// Before the oldest entry that is there: where reading goes on when what came before it is gone.
    ///
    /// Without the number where the stream says of itself what cannot be.
    public init(startOf info: StreamInfo) {
        let isCountable = info.entriesAdded.map(Self.ordinals.contains) ?? false && Self.ordinals.contains(info.length)
        self.init(
            id: info.firstID?.previous ?? info.lastID, ordinal: isCountable ? info.entriesAdded.map { $0 - info.length } : nil)
    }

    /// Whether reading goes on from a place without a gap.
    public enum Continuation: Sendable, Hashable {
        /// What comes next is the entry after the place.
        case whole
        /// Entries after the place are gone: how many, or `nil` when that cannot be known, because the stream is another one now.
        case lost(Int?)
    }

    /// What a reading after this place says about it. Pure.
    ///
    /// A stream that was deleted and made anew is recognised by an end before the place, by fewer entries than were counted, or by the
    /// place itself missing among entries that are older. One that has grown past all of that passes for the old one, trimmed.
    public func continuation(in piece: StreamPiece) -> Continuation {
        let info = piece.info
        guard info.lastID >= id else { return .lost(nil) }
        guard !piece.holdsStart, info.lastID > id else { return .whole }
        guard let ordinal, let added = info.entriesAdded, Self.ordinals.contains(added), Self.ordinals.contains(info.length) else {
            return id == .zero ? .whole : .lost(nil)
        }
        if let first = info.firstID, first < id { return .lost(nil) }
        let missing = added - info.length - ordinal
        guard missing != 0 else { return .whole }
        return .lost(missing > 0 ? missing : nil)
    }

    /// The place of the entry that comes next.
    public func next(_ id: StreamID) -> StreamPlace { StreamPlace(id: id, ordinal: ordinal.map { $0 + 1 }) }
}
