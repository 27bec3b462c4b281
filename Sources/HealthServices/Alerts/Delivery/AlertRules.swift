/// When alerts are sent, sent again, and not sent.
struct AlertRules: Sendable, Hashable {
    /// The shortest time between two alerts of one service on one channel; zero tells every one.
    var spacing = Duration.seconds(300)
    /// How long an alert that nobody could tell is worth telling, beyond the spacing.
    var memory = Duration.seconds(3600)
    /// How long a webhook may take to answer.
    var timeout = Duration.seconds(5)
    /// When an attempt that failed is repeated.
    var retry = AlertRetry()

    init(spacing: Duration = .seconds(300)) {
        self.spacing = spacing
    }
}
