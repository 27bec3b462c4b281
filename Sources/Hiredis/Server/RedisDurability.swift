/// What of an acknowledged write survives a crash of the Redis server.
public enum RedisDurability: String, Sendable, CaseIterable {
    /// Everything: the append-only file is synced before each answer.
    case aofAlways = "aof-always"
    /// All but about the last second.
    case aofEverySecond = "aof-everysec"
    /// What the operating system happened to write.
    case aofNo = "aof-no"
    /// What the last snapshot held.
    case rdb
    /// Nothing: no persistence is configured.
    case none
    /// The settings are not readable.
    case unknown

    /// - Parameters:
    ///   - isAppendOnly: `aof_enabled` of `INFO`; `nil` when unreadable.
    ///   - settings: `appendfsync` and `save` of `CONFIG GET`; `nil` when refused.
    init(isAppendOnly: Bool?, settings: [String: String]?) {
        switch (isAppendOnly, settings?["appendfsync"], settings?["save"]) {
        case (true?, "always"?, _): self = .aofAlways
        case (true?, "everysec"?, _): self = .aofEverySecond
        case (true?, "no"?, _): self = .aofNo
        case (false?, _, ""?): self = .none
        case (false?, _, _?): self = .rdb
        default: self = .unknown
        }
    }
}
