public import Hiredis

/// What survives a crash of an event that was answered.
public enum AuditDurability: String, Sendable, Hashable, CaseIterable {
    case aofAlways = "aof-always"
    case aofEverySecond = "aof-everysec"
    case aofNo = "aof-no"
    case rdb
    case none
    case unknown
    /// It is on this machine's disk, and goes to Redis when Redis is back.
    case spooled

    public init(_ durability: RedisDurability) {
        self =
            switch durability {
            case .aofAlways: .aofAlways
            case .aofEverySecond: .aofEverySecond
            case .aofNo: .aofNo
            case .rdb: .rdb
            case .none: .none
            case .unknown: .unknown
            }
    }
}
