import CacheServices
import Testing

extension Live {
    /// The TypeScript examples of the seed on caches, in Swift and in its order; where it says `getSignalCache()`, a cache is passed down.
    @Suite struct SeedExamplesTests {}
}

extension Live.SeedExamplesTests {
    // Quick Setup
    @Test(arguments: Backend.allCases)
    func `Quick Setup: initialise the services`(backend: Backend) async throws {
        try await backend.run { client async throws in
            let signalCache = SignalCache(client)
            let metricsCache = MetricsCache(client)
            #expect(try await signalCache.getLatest() == nil)
            #expect(try await metricsCache.getFinancialMetrics() == nil)
        }
    }

    // Basic Usage, Caching Signals
    @Test(arguments: Backend.allCases)
    func `Caching Signals: store and retrieve`(backend: Backend) async throws {
        try await backend.run { client async throws in
            let cache = SignalCache(client)

            // Store signal
            try await cache.setLatest(
                try Signal(
                    signalID: "sig_123",
                    timestamp: .now,
                    symbol: "USDCOP",
                    action: .buy,
                    confidence: 0.85,
                    price: 4250.50,
                    features: ["rsi": 45],
                    modelVersion: "v1.0",
                    executionLatencyMS: 45
                ))

            // Retrieve signal
            let latest = try await cache.getLatest()
            let history = try await cache.getHistory("USDCOP", limit: 50)

            #expect(latest?.signalID == "sig_123")
            #expect(latest?.price == 4250.5)
            #expect(history.isEmpty)
        }
    }

    // Pattern 1: Complete Signal Processing, its cache part
    @Test(arguments: Backend.allCases)
    func `Pattern 1: cache a signal`(backend: Backend) async throws {
        try await backend.run { client async throws in
            let cache = SignalCache(client)
            let signal = try Signal.sample("sig_123")
            try await cache.setLatest(signal)
            try await cache.addToHistory(signal.symbol, signal)
            #expect(try await cache.getLatest() == signal)
            #expect(try await cache.getHistory("USDCOP") == [signal])
        }
    }

    // Testing, "Quick test of infrastructure", its cache part
    @Test(arguments: Backend.allCases)
    func `Testing: the cache works`(backend: Backend) async throws {
        try await backend.run { client async throws in
            let cache = SignalCache(client)
            try await cache.setLatest(try .sample())
            let latest = try await cache.getLatest()
            #expect(latest != nil)
        }
    }

    // Cache Key Structure
    @Test func `Cache Key Structure: the five keys`() async throws {
        try await Backend.redis.run { client async throws in
            try await SignalCache(client).publish(try .sample())
            let metrics = MetricsCache(client)
            try await metrics.setPosition("USDCOP", try .sample())
            try await metrics.setFinancialMetrics(try FinancialMetrics(timestamp: .sample, totalPnL: 1))
            try await metrics.setCustomMetric("daily_volume", try CustomMetricValue(1_250_000))
            #expect(
                try await client.keys("*") == [
                    "metrics:custom:daily_volume", "metrics:financial", "position:active:USDCOP", "signal:history:USDCOP", "signal:latest",
                ])
        }
    }
}
