/// What the stream of this process did so far.
struct StreamCounts: Sendable, Hashable {
    /// Clients that were dropped because they took less than came.
    var dropped = 0
    /// Clients that were refused because there were too many.
    var refused = 0
    /// Clients that were told that events are missing.
    var resets = 0
    /// Entries of the streams that were read to catch up with a client's place.
    var caughtUp = 0
}
