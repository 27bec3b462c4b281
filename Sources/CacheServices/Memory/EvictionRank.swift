/// What goes first when the memory of last-known values is full: callers' own keys, which are many, then histories, which are long,
/// and last what an outage must not hide.
enum EvictionRank: Int, Comparable {
    case generic, history, family

    init(_ key: String) {
        if key == KeySchema.signalLatest || key.hasPrefix(KeySchema.positionPrefix) || key.hasPrefix(KeySchema.metricsPrefix) {
            self = .family
        } else {
            self = key.hasPrefix(KeySchema.signalHistoryPrefix) ? .history : .generic
        }
    }

    static func < (left: EvictionRank, right: EvictionRank) -> Bool { left.rawValue < right.rawValue }
}
