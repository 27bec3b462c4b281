/// Which store the service uses for cache data.
public enum CacheBackendChoice: String, Sendable, CaseIterable {
    /// Redis; memory while Redis is away, and it says so.
    case auto
    /// Redis; refused while it is away.
    case redis
    /// This process' memory; nothing is shared.
    case memory
}
