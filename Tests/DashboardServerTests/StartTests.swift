import CacheServices
import Hiredis
import Logging
import NIOCore
import RedisTesting
import ServiceLifecycle
import Synchronization
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct StartTests {
    @Test(arguments: [CacheBackendChoice.auto, .redis])
    func `wrong credentials end the start`(backend: CacheBackendChoice) async throws {
        let redis = try await PrivateRedis.start("--requirepass", "right")
        await #expect(throws: StartError.wrongCredentials) {
            try await RunningService.with(redis: redis) { settings in
                settings.backend = backend
                settings.redis.password = "wrong"
            } _: { _ in
                Issue.record("it started")
            }
        }
    }

    @Test(arguments: [(CacheBackendChoice.auto, "memory"), (.redis, "redis_away")])
    func `without Redis it starts all the same, and is not ready`(backend: CacheBackendChoice, reason: String) async throws {
        let redis = try PrivateRedis()
        try await RunningService.with(redis: redis) {
            $0.backend = backend
        } _: { (service) async throws in
            let ready = try await service.get("/readyz")
            #expect(ready.status == 503)
            #expect(ready.json["reasons"]?.elements?.first?["code"]?.text == reason)
            #expect(ready.json["ready"] == false)
            #expect(try await service.get("/livez").status == 200)
            try await redis.start()
            try await eventually { try await service.get("/readyz").status == 200 }
        }
    }

    @Test func `readiness shows the server and warns of settings that break promises`() async throws {
        let redis = try await PrivateRedis.start("--maxmemory-policy", "allkeys-lru")
        try await RunningService.with(redis: redis) { (service) async throws in
            let ready = try await service.get("/readyz")
            #expect(ready.status == 200)
            #expect(ready.json["ready"] == true)
            #expect(ready.json["redis"]?["role"] == "master")
            #expect(ready.json["redis"]?["durability"] == "none")
            #expect(ready.json["backend"]?["mode"] == "redis")
            #expect(ready.json["warnings"]?.elements?.map { $0["code"]?.text } == ["no_append_only_file", "evicts"])
        }
    }

    @Test func `with memory nothing of Redis is touched`() async throws {
        let redis = try PrivateRedis()
        try await RunningService.with(redis: redis) {
            $0.backend = .memory
        } _: { (service) async throws in
            #expect(service.service.redis == nil)
            let post = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
            #expect(post.json["stored"] == "memory")
            let latest = try await service.get("/api/cache/signals")
            #expect(latest.json["signal"]?["signal_id"] == "sig_123")
            #expect(latest["X-Cache-Backend"] == "memory")
            #expect(latest["X-Cache-Stale"] == nil)
            let ready = try await service.get("/readyz")
            #expect(ready.status == 200)
            #expect(ready.json["warnings"]?.elements?.first?["code"] == "memory_backend")
        }
    }

    @Test(arguments: ["0.0.0.0", "::", "192.168.1.5", "example.org"])
    func `an address that others reach needs keys`(host: String) throws {
        var settings = Settings()
        settings.host = host
        #expect(throws: StartError.keysNeeded(host: host)) { _ = try DashboardService(settings: settings, logger: Logger(label: "test")) }
        settings.keys = try KeyRing(lines: AccessTests.keys)
        _ = try DashboardService(settings: settings, logger: Logger(label: "test"))
    }

    @Test func `a port that is taken ends the start`() async throws {
        let redis = try await PrivateRedis.start()
        try await RunningService.with(redis: redis) { (first) async throws in
            let port = first.port
            let error = await #expect(throws: StartError.self) {
                try await RunningService.with(redis: redis) {
                    $0.port = port
                } _: { _ in
                    Issue.record("it started")
                }
            }
            guard case .cannotListen(_, port, _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test func `a graceful shutdown finishes the request under way, takes no new one, and ends without an error`() async throws {
        let slow = SlowRoute()
        try await Self.withShutdown(of: slow, drainTime: .seconds(10)) { port, shutDown in
            try await RawConnection.open(port: port) { (connection) async throws in
                try await connection.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
                await slow.arrival()
                await shutDown()
                while await Self.isAnswered(port: port) { try await Task.sleep(for: .milliseconds(5)) }
                slow.release()
                let reply = try await connection.reply()
                #expect(reply?.text == #"{"done":true}"#)
                #expect(await connection.isEnded())
            }
        }
    }

    @Test func `a request that does not end is given up when the time to drain is over`() async throws {
        let slow = SlowRoute()
        try await Self.withShutdown(of: slow, drainTime: .milliseconds(200)) { port, shutDown in
            try await RawConnection.open(port: port) { (connection) async throws in
                try await connection.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
                await slow.arrival()
                let asked = ContinuousClock.now
                await shutDown()
                while try await connection.reply() != nil {}
                // Where nobody says otherwise it is ten seconds.
                let time = asked.duration(to: .now)
                #expect(time >= .milliseconds(200) && time < .seconds(5), "\(time)")
            }
        }
    }

    /// Runs a service with a slow route until its end, which must be without an error.
    private static func withShutdown(
        of slow: SlowRoute, drainTime: Duration, _ body: @Sendable (Int, @escaping @Sendable () async -> Void) async throws -> Void
    ) async throws {
        let redis = try await PrivateRedis.start()
        var settings = Settings()
        settings.redis = redis.configuration
        settings.port = 0
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let service = try DashboardService(settings: settings, logger: RecordedLog().logger, extraRoutes: [slow.route]) {
            listening.yield($0.port ?? 0)
        }
        let group = ServiceGroup(services: [Stoppable(service: service, drainTime: drainTime)], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = await ports.first { _ in true } ?? 0
            try await body(port) { await group.triggerGracefulShutdown() }
            try await tasks.next()
        }
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)

        var isSet: Bool { value.load(ordering: .relaxed) }

        func set() { value.store(true, ordering: .relaxed) }
    }

    /// The service under a group that can be shut down without a signal.
    private struct Stoppable: Service {
        let service: DashboardService
        let drainTime: Duration

        func run() async throws { try await service.run(signals: [], drainTime: drainTime) }
    }

    private static func isAnswered(port: Int) async -> Bool {
        let answer = try? await RawConnection.open(port: port) { (connection) async throws in
            try await connection.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return try await connection.reply() != nil
        }
        return answer ?? false
    }

    @Test func `idle connections are closed, and clients that send their bodies too slowly, too`() async throws {
        try await RunningService.with {
            $0.idleTimeout = .milliseconds(300)
            $0.requestTimeout = .milliseconds(300)
        } _: { (service) async throws in
            try await RawConnection.open(port: service.port) { (connection) async throws in
                #expect(await connection.isEnded())
            }
            // A client that drips its body does not hold the connection either.
            try await RawConnection.open(port: service.port) { (connection) async throws in
                try await connection.send(
                    "POST /api/cache/signals HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n")
                let clock = ContinuousClock.now
                while (try? await connection.send(" ")) != nil, clock.duration(to: .now) < .seconds(10) {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(clock.duration(to: .now) < .seconds(5))
            }
        }
    }
}
