/// How a cache does (Seed: CacheStats).
public struct CacheStats: Sendable, Hashable {
    /// Reads that found something, of all processes that share the cache.
    public var hits: Int
    /// Reads that found nothing.
    public var misses: Int
    /// Keys, without the reserved families.
    public var size: Int
    /// Memory of these keys in mebibytes; `nil` when the server does not tell.
    public var memoryUsageMB: Double?

    public init(hits: Int, misses: Int, size: Int, memoryUsageMB: Double?) {
        self.hits = hits
        self.misses = misses
        self.size = size
        self.memoryUsageMB = memoryUsageMB
    }

    /// hits ÷ reads, 0…1; `nil` before the first read.
    public var hitRate: Double? {
        // As doubles: the counts come from a key that others can write.
        let reads = Double(hits) + Double(misses)
        return reads > 0 ? Double(hits) / reads : nil
    }

    /// The fields of the wire format.
    public var jsonValue: JSONValue {
        .object([
            .init("hits", .integer(hits)), .init("misses", .integer(misses)), .init("size", .integer(size)),
            .init("hit_rate", .finite(hitRate)), .init("memory_usage_mb", .finite(memoryUsageMB)),
        ])
    }
}
