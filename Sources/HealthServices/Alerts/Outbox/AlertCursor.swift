import CacheServices

/// How far the audit trail was read for alerts, as it is stored: compared byte for byte when it is moved.
struct AlertCursor: Sendable, Hashable {
    /// Empty for none.
    let stored: [UInt8]

    init(stored: [UInt8]) {
        self.stored = stored
    }

    /// A place in the trail.
    init(_ place: StreamID) {
        stored = Array("\(place)".utf8)
    }

    /// The last event that was read; `nil` before the first one, and for anything that is no place.
    var place: StreamID? { StreamID(String(decoding: stored, as: UTF8.self)) }
}
