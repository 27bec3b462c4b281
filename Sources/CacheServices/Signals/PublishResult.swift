/// What publishing a signal did.
public struct PublishResult: Sendable, Hashable {
    /// What happened to the latest signal.
    public enum Latest: String, Sendable {
        /// It is the latest now.
        case stored
        /// A newer one is there and stays.
        case older
        /// What was there could not be read, or lay in the future; it was replaced.
        case replacedUnreadable = "replaced_unreadable"
        /// It was not asked for.
        case none
    }

    /// What happened to the history.
    public enum History: String, Sendable {
        /// It is the first entry now.
        case added
        /// The same bytes are in the history already.
        case duplicate
        /// It was not asked for.
        case none
    }

    public let latest: Latest
    public let history: History
    /// Where it was stored.
    public var stored: CacheBackend

    package init(latest: Latest, history: History, stored: CacheBackend) {
        self.latest = latest
        self.history = history
        self.stored = stored
    }
}
