extension RedisServerInfo {
    /// A setting of the server under which a promise of this project does not hold.
    public enum Warning: String, Sendable, CaseIterable {
        case noAppendOnlyFile = "no_append_only_file"
        case evicts = "evicts"
        case isReplica = "is_replica"
        case tooOld = "too_old"
        case settingsUnreadable = "settings_unreadable"

        /// One sentence: what does not hold, and what to set.
        public var sentence: String {
            switch self {
            case .noAppendOnlyFile: "Redis keeps no append-only file: a crash loses acknowledged writes. Set appendonly yes."
            case .evicts: "Redis evicts keys when memory is full: positions and audit trail can vanish. Set maxmemory-policy noeviction."
            case .isReplica: "Redis is a replica: it refuses writes. Connect to the master."
            case .tooOld: "Redis is older than 6.2: scripts and streams that the service uses are missing. Upgrade it."
            case .settingsUnreadable: "The Redis user may not read the server's settings: durability is unknown. Allow INFO and CONFIG GET."
            }
        }
    }

    /// The settings that break a promise, in order of importance.
    public var warnings: [Warning] {
        var warnings: [Warning] = []
        if role == .replica { warnings.append(.isReplica) }
        if let version, Self.isOlder(version, than: (6, 2)) { warnings.append(.tooOld) }
        if durability == .none || durability == .rdb { warnings.append(.noAppendOnlyFile) }
        if let evictionPolicy, evictionPolicy != "noeviction" { warnings.append(.evicts) }
        if durability == .unknown { warnings.append(.settingsUnreadable) }
        return warnings
    }

    private static func isOlder(_ version: String, than minimum: (Int, Int)) -> Bool {
        let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return false }
        return (numbers[0], numbers[1]) < minimum
    }
}
