/// The bounds of the event stream that are no settings.
struct StreamLimits: Sendable {
    /// How often a comment goes to every client.
    var keepAlive = Duration.seconds(15)
    /// How long one write may take; a client that does not take it in that time is too slow.
    var write = Duration.seconds(10)
    /// How long the streams are still followed when nobody listens any more.
    var linger = Duration.seconds(10)
    /// How long clients have to take the last word at the end of the service.
    var farewell = Duration.milliseconds(500)
}
