/// Where cache data lives.
public enum CacheBackend: String, Sendable, Hashable, CaseIterable {
    case redis
    case memory
}
