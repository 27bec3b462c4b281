/// How far one client's stream is.
struct StreamProgress: Sendable {
    /// The place up to which it has everything; nil while none was ever known.
    var place: StreamCursor?
    /// Whether it gets everything that comes.
    var isJoined = false
}
