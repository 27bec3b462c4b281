/// What a client knows about its connection at one moment.
public enum RedisStatus: Sendable {
    /// No attempt has ended yet.
    case connecting
    /// Connected; the server's own words, read on connect and every 10 seconds.
    case ready(RedisServerInfo)
    /// Away; the error of the last attempt says why.
    case away(RedisError)
    /// Shut down; it will not connect again.
    case shutDown

    /// Whether commands can be answered.
    public var isReady: Bool {
        if case .ready = self { true } else { false }
    }
}
