import CacheServices

/// What stood in the registry when it was read.
struct RegistryReading: Sendable {
    let services: [RegisteredService]
    /// Names of entries that are no services.
    let unreadable: [String]
    /// The name of this registry; `nil` where none has begun.
    let epoch: String?

    /// What has a name there, readable or not.
    var names: Set<OperationName> { Set(services.map(\.name) + unreadable.compactMap { try? OperationName($0) }) }

    /// Whether nothing was lost. A registry without a name, or without the service `redis`, which nobody can remove, is one that Redis lost:
    /// what stands in it was registered since.
    var isWhole: Bool {
        let redis = DefaultServices.redis
        return epoch != nil && (services.contains { $0.name == redis } || unreadable.contains(redis.rawValue))
    }
}
