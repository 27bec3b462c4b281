/// A way to tell people: one webhook, or one e-mail address.
protocol AlertChannel: Sendable {
    /// What records and logs call it: never a secret, and the same in every process that is configured alike.
    var name: String { get }

    /// Tries once, within a bounded time. The alert's identity goes along, so that a receiver can drop a repeat.
    func send(_ alert: Alert) async -> AlertAttempt
}
