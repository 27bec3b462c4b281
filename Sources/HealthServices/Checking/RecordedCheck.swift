import CacheServices
import Hiredis

/// One check on its way into Redis.
struct RecordedCheck: Sendable {
    /// What came of recording it.
    enum Outcome: Sendable, Hashable {
        /// It is there; what the service was before, and the name of the alert that it gave.
        case recorded(from: ServiceStatus?, alert: String?)
        /// The lease is another's: nothing was written.
        case fenced
        /// The service is not registered any more: nothing was written.
        case gone
    }

    let health: ServiceHealth
    let success: Bool
    /// Under which lease, and its how manieth check it is: by both a repeat is recognised.
    let fence: Int
    let number: Int

    /// The arguments of the script after what the lease reads.
    func arguments(alertAfter: Int) -> [RedisArgument] {
        let reason = health.reason ?? ""
        let latency = health.latency.map { String(decoding: JSONWriter.bytes(.milliseconds($0)), as: UTF8.self) } ?? ""
        return [
            .text(health.service.rawValue), .integer(fence), .integer(number), .text(health.status.rawValue),
            .text((health.lastCheck ?? .now).iso8601), .bytes(JSONWriter.bytes(health.jsonValue)),
            .integer(CacheRules.healthStatusLifetime.wholeMilliseconds), .integer(CacheRules.healthHistoryLength),
            .integer(CacheRules.alertsLength), .integer(max(1, alertAfter)), .text(latency), success ? "1" : "0", .text(reason),
            .text(Self.escaped(health.service.rawValue)), .text(Self.escaped(reason)), .integer(CacheRules.eventsLength),
            .text(KeySchema.healthStatus(health.service)),
        ]
    }

    /// A text as it stands between the quotes of a JSON string.
    static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONWriter.write(text, into: &bytes)
        return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
    }
}
