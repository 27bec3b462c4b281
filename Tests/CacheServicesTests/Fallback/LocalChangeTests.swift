import Hiredis
import RedisTesting
import Testing

@testable import CacheServices

extension Live {
    @Suite struct LocalChangeTests {
        @Test func `what is changed in memory while Redis is away is told, in order, and nothing else is`() async throws {
            let server = try await PrivateRedis.durable()
            defer { server.stop() }
            try await withFallback(server.configuration) { fallback async throws in
                let signals = SignalCache(fallback)
                let metrics = MetricsCache(fallback)
                try await metrics.setCustomMetric("before", try CustomMetricValue(1))
                #expect(try await fallback.localChanges.info().length == 0)
                server.kill()
                try await fallback.leftRedis()
                try await metrics.setCustomMetric("during", try CustomMetricValue(2))
                try await signals.publish(try .sample())
                // A repeat changes nothing.
                try await signals.publish(try .sample())
                _ = try await metrics.getCustomMetric("during")
                _ = try await metrics.deleteCustomMetric("during")
                let told = try await fallback.localChanges.entries(after: .zero, limit: 10).compactMap(ChangeEvent.init)
                #expect(told.map(\.event) == ["set", "set-and-add", "deleted"])
                #expect(told.map(\.topic) == [.metrics, .signals, .metrics])
                try await server.start()
                try await fallback.returned()
                try await metrics.setCustomMetric("after", try CustomMetricValue(3))
                #expect(try await fallback.localChanges.info().entriesAdded == 3)
            }
        }
    }
}
