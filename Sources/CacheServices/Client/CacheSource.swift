/// Where an answer came from, and how old it may be.
public struct CacheSource: Sendable, Hashable {
    /// Redis, or this process' memory.
    public let backend: CacheBackend
    /// How long ago the value was last known to be the one in Redis; `nil` when it is current as far as this backend can tell.
    public let staleAge: Duration?

    public init(_ backend: CacheBackend, staleAge: Duration? = nil) {
        self.backend = backend
        self.staleAge = staleAge
    }

    /// The more doubtful of two sources: memory before Redis, the older before the younger.
    func merged(with other: CacheSource) -> CacheSource {
        let age = [staleAge, other.staleAge].compactMap(\.self).max()
        return CacheSource(backend == .memory || other.backend == .memory ? .memory : .redis, staleAge: age)
    }
}
