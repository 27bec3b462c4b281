import CacheServices
import Logging
import LoggingServices
import NIOCore
import RedisTesting
import ServiceLifecycle
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct StreamEndTests {
    /// The service under a group that can be shut down without a signal.
    private struct Stoppable: Service {
        let service: DashboardService

        func run() async throws { try await service.run(signals: []) }
    }

    @Test func `a shutdown ends open streams at once, with a word, and takes no new ones`() async throws {
        let redis = try await PrivateRedis.start()
        var settings = Settings()
        settings.redis = redis.configuration
        settings.port = 0
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let service = try DashboardService(settings: settings, logger: .silent) { listening.yield($0.port ?? 0) }
        let group = ServiceGroup(services: [Stoppable(service: service)], logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = await ports.first { _ in true } ?? 0
            // One that reads nothing, and has more before it than the connection takes, holds nobody up.
            try await EventStreamClient.open(port: port, topics: "audit", receiveBuffer: 4096) { (deaf) async throws in
                _ = try await deaf.next("open")
                let text = String(repeating: "x", count: 8000)
                for _ in 0..<1000 { _ = try await service.audit.log(.system("event", metadata: ["text": .string(text)])) }
                try await EventStreamClient.open(port: port) { (client) async throws in
                    _ = try await client.next("open")
                    let start = ContinuousClock.now
                    await group.triggerGracefulShutdown()
                    let bye = try await client.next("bye")
                    #expect(bye.data["reason"] == "shutdown")
                    #expect(bye.id == nil)
                    #expect(try await client.next() == nil)
                    try await tasks.next()
                    #expect(start.duration(to: .now) < .seconds(1))
                }
            }
        }
    }
}
