import CacheServices

/// One caller on the in-memory cache.
enum MemoryLoad {
    static func nanoseconds(_ load: String, _ total: Int) async throws -> Int {
        let cache = InMemoryCacheClient()
        let value = try BenchSignal.make(0).json
        for number in 0..<500 { try await cache.set("key:\(number)", value) }
        let elapsed = try await ContinuousClock().measure {
            if load == "memory-get" {
                for _ in 0..<total { _ = try await cache.get("key:250") }
            } else {
                for _ in 0..<total { try await cache.set("key:250", value) }
            }
        }
        return Int(elapsed / .nanoseconds(1) / Double(total))
    }
}
