public import CacheServices

/// What became of an alert on one channel; once it is in the stream, the alert is not tried there again.
public struct AlertDelivery: Sendable, Hashable {
    /// How it ended.
    public enum Result: String, Sendable, CaseIterable {
        /// The receiver took it.
        case sent
        /// The receiver refused it, or could not be reached for as long as it is tried.
        case failed
        /// Nobody was told: a newer alert of the same service took its place before the minimum spacing was over.
        case suppressed
        /// Nobody was told, because no channel was configured in the process that had to tell.
        case unsent
    }

    /// The alert's identity.
    public let id: String
    /// The channel's name, without secrets; `none` for ``Result/unsent``.
    public let channel: String
    public let result: Result
    /// How often it was tried by the process that recorded this.
    public let attempts: Int
    /// When it was decided, by the server's clock as the process knew it.
    public let at: Timestamp
    /// Why, as a short code such as `http_404`, `timeout`, `superseded` or `no_channel`; `nil` when it was sent.
    public let detail: String?

    init(id: String, channel: String, result: Result, attempts: Int, at: Timestamp, detail: String? = nil) {
        self.id = id
        self.channel = channel
        self.result = result
        self.attempts = attempts
        self.at = at
        self.detail = detail
    }

    /// As it goes over the wire, within its alert.
    public var jsonValue: JSONValue {
        [
            "channel": .string(channel), "result": .string(result.rawValue), "attempts": .integer(attempts), "at": .string(at.iso8601),
            "detail": detail.map(JSONValue.string) ?? .null,
        ]
    }
}
