/// What a server said about itself: role, version, persistence and eviction. Read on connect and every 10 seconds.
public struct RedisServerInfo: Sendable, Hashable {
    /// What a server is to its replication group.
    public enum Role: String, Sendable {
        case master, replica, sentinel, unknown
    }

    /// E.g. `7.0.15`; `nil` when the user may not read it.
    public var version: String?
    /// Identifies one run of the server process.
    public var runID: String?
    public var role: Role = .unknown
    /// What survives a crash of the server.
    public var durability: RedisDurability = .unknown
    /// The eviction policy, e.g. `noeviction`; `nil` when unreadable.
    public var evictionPolicy: String?
    /// Bytes of data at which eviction or refusal starts; 0 for no bound.
    public var maximumMemory: Int64?
    /// Bytes that the server uses.
    public var usedMemory: Int64?

    public init() {}

    /// Reads the answer of `INFO`, and of `CONFIG GET appendfsync save` where the user may ask for it.
    ///
    /// - Parameters:
    ///   - info: the text of `INFO`.
    ///   - settings: names and values in turn; `nil` when they were refused.
    public init(info: String, settings: [String: String]?) {
        var fields: [Substring: Substring] = [:]
        for line in info.split(whereSeparator: \.isNewline) {
            guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...]
        }
        version = fields["redis_version"].map(String.init)
        runID = fields["run_id"].map(String.init)
        role =
            switch fields["role"] {
            case "master": fields["redis_mode"] == "sentinel" ? .sentinel : .master
            case "slave": .replica
            default: fields["redis_mode"] == "sentinel" ? .sentinel : .unknown
            }
        evictionPolicy = fields["maxmemory_policy"].map(String.init)
        maximumMemory = fields["maxmemory"].flatMap { Int64($0) }
        usedMemory = fields["used_memory"].flatMap { Int64($0) }
        durability = RedisDurability(isAppendOnly: fields["aof_enabled"].map { $0 == "1" }, settings: settings)
    }
}
