import CacheServices
import Hiredis

extension CacheStatus {
    /// Where calls go, since when, and why: for `/readyz` and `/api/cache/stats`.
    var jsonValue: JSONValue {
        [
            "mode": .string(mode.rawValue),
            "since": .string(since.iso8601),
            "reason": reason.map(JSONValue.string) ?? .null,
            "pending_writes": .integer(pendingWrites),
            "conflicts": .integer(conflicts),
        ]
    }

    /// What Redis said of itself; null while it is away, and without it.
    var jsonServer: JSONValue {
        guard case .ready(let info)? = redis else { return .null }
        return [
            "version": info.version.map(JSONValue.string) ?? .null,
            "role": .string(info.role.rawValue),
            "durability": .string(info.durability.rawValue),
            "maxmemory_policy": info.evictionPolicy.map(JSONValue.string) ?? .null,
        ]
    }

    /// Settings under which a promise does not hold.
    var jsonWarnings: JSONValue {
        guard let redis else {
            return [
                [
                    "code": "memory_backend",
                    "detail": "Cache data is in the memory of this process: nothing is shared and nothing survives it.",
                ]
            ]
        }
        guard case .ready(let info) = redis else { return [] }
        return .array(info.warnings.map { ["code": .string($0.rawValue), "detail": .string($0.sentence)] })
    }
}
