import HTTPTypes

/// What is known of a request so far.
struct RequestState {
    var isBodyPending: Bool
    var route: Route?
    var standing: RateLimitStanding?
    var origin: ClientOrigin?
    var caller: Caller?

    /// The route as the table has it. The path itself, which can be anything, and hold a secret that went astray, is in no log.
    var routeName: String { route?.pattern.text ?? "none" }
}
