import CacheServices
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns) struct ServiceRegistryTests {
    private func registry(at now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) -> ServiceRegistry {
        ServiceRegistry(nil, logger: .silent, clock: CacheClock(monotonic: now, wall: { Timestamp(milliseconds: 0) }))
    }

    private func health(_ name: OperationName, _ milliseconds: Int) -> ServiceHealth {
        let latency = Duration.milliseconds(milliseconds)
        return ServiceHealth(
            service: name, status: ServiceStatus(success: true, latency: latency), latency: latency, lastCheck: Timestamp(milliseconds: 0))
    }

    @Test func `every method of the seed answers`() async throws {
        let registry = registry()
        for (name, latency) in [("a", 10), ("b", 700), ("c", 1500), ("d", 2500)] {
            let name = try OperationName(name)
            try await registry.register(ServiceConfig(name: name, url: ProbeURL("http://h/\(name)")))
            registry.updateServiceStatus(name, health(name, latency))
        }
        try await registry.register(ServiceConfig(name: "e", url: ProbeURL("tcp://h:1")))
        #expect(registry.getAllServices().map(\.name) == ["a", "b", "c", "d", "e"])
        #expect(registry.getService("b")?.url == "http://h/b")
        #expect(registry.getService("z") == nil)
        #expect(registry.getServiceStatus("a")?.status == .healthy)
        #expect(registry.getServiceStatus("e")?.reason == "not checked yet")
        #expect(registry.getServiceStatus("z") == nil)
        #expect(registry.getAllStatuses().count == 5)
        #expect(registry.getServicesByStatus(.healthy).map(\.service) == ["a"])
        #expect(registry.getDegradedServices().map(\.service) == ["b"])
        #expect(registry.getUnhealthyServices().map(\.service) == ["c", "d", "e"])
        #expect(registry.getHighLatencyServices().map(\.service) == ["d", "c"])
        #expect(registry.getHighLatencyServices(threshold: .milliseconds(500)).map(\.service) == ["d", "c", "b"])
        let summary = registry.getSummary()
        #expect((summary.totalServices, summary.servicesWithStatus) == (5, 4))
        #expect((summary.healthy, summary.degraded, summary.unhealthy) == (1, 1, 3))
        #expect(summary.averageLatency == .microseconds(1_177_500))
        let export = registry.export()
        #expect(export["services"]?.elements?.count == 5)
        #expect(export["summary"]?["avg_latency_ms"]?.double == 1177.5)
        #expect(try await registry.unregister("a"))
        #expect(try await !registry.unregister("a"))
        #expect(registry.getServiceStatus("a") == nil)
    }

    @Test func `a status grows old by itself`() async throws {
        let start = ContinuousClock.now
        let now = Mutex(start)
        let registry = registry { now.withLock { $0 } }
        try await registry.register(ServiceConfig(name: "a", url: ProbeURL("http://h/"), checkInterval: .seconds(10)))
        registry.updateServiceStatus("a", health("a", 10))
        now.withLock { $0 = start + .seconds(29) }
        #expect(registry.getServiceStatus("a")?.status == .healthy)
        now.withLock { $0 = start + .seconds(30) }
        #expect(registry.getServiceStatus("a")?.status == .unhealthy)
    }

    @Test(arguments: [(499, 5000), (21_600_001, 5000), (30_000, 9), (30_000, 60_001)])
    func `intervals and time-outs have bounds`(interval: Int, timeout: Int) throws {
        #expect(throws: ValidationError.self) {
            try ServiceConfig(
                name: "a", url: ProbeURL("http://h/"), checkInterval: .milliseconds(interval), timeout: .milliseconds(timeout))
        }
    }

    @Test func `what a person wrote into the registry is understood, and what is no service is not`() {
        let byHand = RegisteredService(stored: Array(#"{"url":"http://h/x","note":"mine"}"#.utf8), name: "a")
        #expect(byHand?.checkInterval == .seconds(30))
        #expect(byHand?.timeout == .seconds(5))
        for text in ["", "[]", "{}", #"{"url":"file:///etc"}"#, #"{"url":"http://h/","check_interval_ms":1}"#, #"{"url":7}"#] {
            #expect(RegisteredService(stored: Array(text.utf8), name: "a") == nil)
        }
    }
}
