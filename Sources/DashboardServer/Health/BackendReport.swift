import CacheServices
import LoggingServices

/// What stores cache data and how it is: what `GET /api/cache/stats` answers and the topic `backend` of the stream carries.
struct BackendReport: Sendable {
    let client: any ICacheClient
    let trail: AuditLogger
    /// How redis-cli reaches Redis; nil without one.
    let redisProgram: String?

    /// The report with figures that were read already; without them where they could not be.
    ///
    /// - Parameter events: why events do not arrive.
    func value(_ stats: CacheStats?, events: StreamTrouble?) async -> JSONValue {
        let status = client.status
        return [
            "stats": stats?.jsonValue ?? .null, "backend": status.jsonValue, "ready": .object(Readiness(status).members(of: status)),
            "durability": .string(await trail.presentDurability.rawValue), "namespace": .string(client.namespace.rawValue),
            "events": events?.jsonValue ?? .null, "redis_cli": redisProgram.map(JSONValue.string) ?? .null,
        ]
    }
}
