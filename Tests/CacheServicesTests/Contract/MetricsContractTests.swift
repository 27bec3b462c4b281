import CacheServices
import Testing

extension Live {
    @Suite struct MetricsContractTests {}
}

extension Live.MetricsContractTests {
    @Test(arguments: Backend.allCases)
    func `financial metrics are kept for five minutes, absent figures absent`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let metrics = MetricsCache(cache)
            #expect(try await metrics.getFinancialMetrics() == nil)
            let figures = try FinancialMetrics(timestamp: .sample, totalPnL: 1250.75, winRate: 0.55)
            try await metrics.setFinancialMetrics(figures)
            #expect(try await metrics.getFinancialMetrics() == figures)
            #expect(try await cache.get("metrics:financial") == figures.json)
            #expect(try await cache.ttl("metrics:financial").isWithin(.seconds(300)))
            try await metrics.setFinancialMetrics(try FinancialMetrics(timestamp: .second(-1), totalTrades: 3))
            #expect(try await metrics.getFinancialMetrics() == FinancialMetrics(timestamp: .second(-1), totalTrades: 3))
            #expect(try await metrics.clearFinancialMetrics())
            #expect(try await !metrics.clearFinancialMetrics())
            #expect(try await metrics.getFinancialMetrics() == nil)
        }
    }

    @Test(arguments: Backend.allCases)
    func `an update changes what it names and renews the lifetime`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let metrics = MetricsCache(cache)
            try await metrics.updateMetricSnapshot(try FinancialMetricsUpdate(timestamp: .sample, totalPnL: 1))
            #expect(try await metrics.getFinancialMetrics() == FinancialMetrics(timestamp: .sample, totalPnL: 1))
            let stored = try await metrics.updateMetricSnapshot(try FinancialMetricsUpdate(timestamp: .second(1), winRate: 0.5))
            #expect(try stored == FinancialMetrics(timestamp: .second(1), totalPnL: 1, winRate: 0.5))
            #expect(try await metrics.getFinancialMetrics() == stored)
            try await cache.set("metrics:financial", stored.json, expiry: .after(.seconds(20)))
            try await metrics.updateMetricSnapshot(try FinancialMetricsUpdate(totalTrades: 7))
            #expect(try await cache.ttl("metrics:financial").isWithin(.seconds(300)))
            let now = try #require(try await metrics.getFinancialMetrics())
            #expect(now.totalTrades == 7)
            #expect(now.totalPnL == 1)
            #expect(now.sharpeRatio == nil)
            #expect(now.timestamp > .second(1))
        }
    }

    @Test(arguments: Backend.allCases)
    func `an update keeps fields that a newer writer added`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            try await cache.set("metrics:financial", .init(#"{"timestamp":"2025-01-15T05:30:00-05:00", "var_99": 1.50, "total_pnl": 2}"#))
            try await MetricsCache(cache).updateMetricSnapshot(try FinancialMetricsUpdate(timestamp: .second(1), winRate: 1))
            let text = #"{"timestamp":"2025-01-15T10:30:01.000Z","total_pnl":2,"var_99":1.5,"win_rate":1}"#
            #expect(try await cache.get("metrics:financial")?.text == text)
        }
    }

    @Test(arguments: Backend.allCases)
    func `freshness is the age of the metrics, and nil without any`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let metrics = MetricsCache(cache)
            #expect(try await metrics.getMetricsFreshness() == nil)
            try await metrics.setFinancialMetrics(try FinancialMetrics(timestamp: .now - .seconds(60), totalPnL: 1))
            let age = try #require(try await metrics.getMetricsFreshness())
            #expect(age >= .seconds(59) && age < .seconds(70))
            try await metrics.setFinancialMetrics(try FinancialMetrics(timestamp: .now + .seconds(60), totalPnL: 1))
            #expect(try await metrics.getSnapshot()?.freshness == .zero)
        }
    }

    @Test(arguments: Backend.allCases)
    func `damaged metrics are reported and left as they are`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let metrics = MetricsCache(cache)
            try await cache.set("metrics:financial", .init("{"))
            try await cache.set("metrics:custom:x", .init("[]"))
            await expect(.dataConflict) { try await metrics.getFinancialMetrics() }
            await expect(.dataConflict) { try await metrics.getMetricsFreshness() }
            await expect(.dataConflict) { try await metrics.updateMetricSnapshot(try FinancialMetricsUpdate(winRate: 1)) }
            await expect(.dataConflict) { try await metrics.getCustomMetric("x") }
            #expect(try await cache.get("metrics:financial")?.text == "{")
            try await metrics.setFinancialMetrics(try FinancialMetrics(timestamp: .sample, totalPnL: 1))
            #expect(try await metrics.getFinancialMetrics()?.totalPnL == 1)
        }
    }

    @Test(arguments: Backend.allCases)
    func `custom metrics are numbers or texts under their names`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let metrics = MetricsCache(cache)
            #expect(try await metrics.getCustomMetric("vol:30d") == nil)
            try await metrics.setCustomMetric("vol:30d", try CustomMetricValue(0.1))
            try await metrics.setCustomMetric("regime", try CustomMetricValue("risk \"on\""))
            try await metrics.setFinancialMetrics(try FinancialMetrics(timestamp: .sample, totalPnL: 1))
            #expect(try await metrics.getCustomMetric("vol:30d") == CustomMetricValue(0.1))
            #expect(
                try await metrics.getCustomMetrics() == ["vol:30d": CustomMetricValue(0.1), "regime": CustomMetricValue("risk \"on\"")])
            #expect(try await cache.ttl("metrics:custom:regime").isWithin(.seconds(300)))
            #expect(try await metrics.deleteCustomMetric("regime"))
            #expect(try await !metrics.deleteCustomMetric("regime"))
            #expect(try await metrics.getCustomMetrics().keys.map(\.rawValue) == ["vol:30d"])
        }
    }

    @Test(arguments: Backend.complete)
    func `clearing metrics leaves positions`(backend: Backend) async throws {
        try await backend.run { cache async throws in
            let metrics = MetricsCache(cache)
            try await metrics.setFinancialMetrics(try FinancialMetrics(timestamp: .sample, totalPnL: 1))
            try await metrics.setCustomMetric("a", try CustomMetricValue(1))
            try await metrics.setPosition("USDCOP", try .sample())
            try await cache.set("metrics:custom:foreign", .init("1"))
            #expect(try await metrics.clearMetrics() == 3)
            #expect(try await metrics.clearMetrics() == 0)
            #expect(try await cache.keys("*") == ["position:active:USDCOP"])
            #expect(try await metrics.getCustomMetrics().isEmpty)
        }
    }

    @Test func `clearing needs Redis where Redis is wanted`() async throws {
        try await Backend.fallbackAway.run { cache async throws in
            await expect(.unavailable) { try await MetricsCache(cache).clearMetrics() }
        }
    }
}
