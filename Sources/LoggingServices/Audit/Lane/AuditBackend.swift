import CacheServices
import Hiredis

/// Where the lane's events go.
enum AuditBackend: Sendable {
    case redis(AuditStore)
    /// This process only: what `CACHE_BACKEND=memory` asks for.
    case memory(InMemoryEventStream)
}
