import CacheServices

/// How far a client has read: its place in both streams. Any server of the same Redis can go on from it.
struct StreamCursor: Sendable, Hashable {
    var changes: StreamPlace
    var audit: StreamPlace

    init(changes: StreamPlace, audit: StreamPlace) {
        self.changes = changes
        self.audit = audit
    }

    subscript(source: StreamSource) -> StreamPlace {
        get {
            switch source {
            case .changes: changes
            case .audit: audit
            }
        }
        set {
            switch source {
            case .changes: changes = newValue
            case .audit: audit = newValue
            }
        }
    }

    /// Whichever of two is further, for each stream.
    func furthest(_ other: StreamCursor) -> StreamCursor {
        StreamCursor(
            changes: changes.id < other.changes.id ? other.changes : changes, audit: audit.id < other.audit.id ? other.audit : audit)
    }

    /// What goes over the wire: `<identity>.<ordinal>_<identity>.<ordinal>`, the change stream first. Without the ordinals where the server
    /// does not count.
    var text: String { Self.text(changes) + "_" + Self.text(audit) }

    /// Reads a cursor; nil for a text that no server has given.
    init?(_ text: String) {
        guard text.utf8.count <= 200 else { return nil }
        let parts = text.split(separator: "_", omittingEmptySubsequences: false).compactMap(Self.place)
        guard parts.count == 2 else { return nil }
        self.init(changes: parts[0], audit: parts[1])
        guard self.text == text else { return nil }
    }

    private static func text(_ place: StreamPlace) -> String {
        place.ordinal.map { "\(place.id).\($0)" } ?? "\(place.id)"
    }

    private static func place(_ text: Substring) -> StreamPlace? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        // Redis cannot look behind the last identity of all; no clock comes near.
        guard let id = parts.first.flatMap({ StreamID(String($0)) }), id.milliseconds <= UInt64(Int64.max) else { return nil }
        guard parts.count == 2 else { return StreamPlace(id: id, ordinal: nil) }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let ordinal = Int(parts[1]),
            StreamPlace.ordinals.contains(ordinal)
        else { return nil }
        return StreamPlace(id: id, ordinal: ordinal)
    }
}
