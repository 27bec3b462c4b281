/// What stands in for channels where none is configured, so that the record says that nobody was told instead of letting an alert wait.
struct NoChannel: AlertChannel {
    var name: String { "none" }

    func send(_ alert: Alert) async -> AlertAttempt { .unaddressed }
}
