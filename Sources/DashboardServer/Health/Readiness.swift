import CacheServices
import Hiredis

/// Whether requests should be sent to this process, and why not. Pure: decided from the state of the cache client.
struct Readiness: Sendable {
    /// A reason against it.
    enum Reason: String, Sendable, CaseIterable {
        /// Redis is away: memory answers.
        case memory
        /// Redis is back and takes what was written meanwhile.
        case replaying
        /// Redis is being connected for the first time.
        case redisConnecting = "redis_connecting"
        /// Redis is away and memory is not wanted.
        case redisAway = "redis_away"
        /// Redis refuses the credentials.
        case redisAuthentication = "redis_authentication"
        /// The service ends.
        case shuttingDown = "shutting_down"

        var sentence: String {
            switch self {
            case .memory: "Redis is away: cache data is served from memory, and writes wait for its return."
            case .replaying: "Redis is back and takes what was written meanwhile."
            case .redisConnecting: "Redis is being connected."
            case .redisAway: "Redis is away: requests are refused."
            case .redisAuthentication: "Redis refuses the service's credentials."
            case .shuttingDown: "The service is shutting down."
            }
        }
    }

    let reasons: [Reason]

    init(_ status: CacheStatus) {
        var reasons: [Reason] = []
        switch status.redis {
        case .connecting?: reasons.append(.redisConnecting)
        case .shutDown?: reasons.append(.shuttingDown)
        case .away(let error)? where error.server?.kind == .authentication: reasons.append(.redisAuthentication)
        case .away?: reasons.append(status.mode == .redis ? .redisAway : .memory)
        case .ready? where status.mode == .memory: reasons.append(.memory)
        case .ready? where status.mode == .replaying: reasons.append(.replaying)
        case .ready?, nil: break
        }
        self.reasons = reasons
    }

    var isReady: Bool { reasons.isEmpty }

    /// What `/readyz` answers.
    func members(of status: CacheStatus) -> [JSONValue.Member] {
        [
            .init("ready", .bool(isReady)), .init("reasons", jsonReasons), .init("backend", status.jsonValue),
            .init("redis", status.jsonServer), .init("warnings", status.jsonWarnings),
        ]
    }

    var jsonReasons: JSONValue {
        .array(reasons.map { ["code": .string($0.rawValue), "detail": .string($0.sentence)] })
    }
}
