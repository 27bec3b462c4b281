import CacheServices
import Hiredis
import Logging
import NIOCore
import RedisTesting
import ServiceLifecycle
import Testing

@testable import DashboardServer

@Suite(.timeLimit(.minutes(1)))
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
        try await RunningService.with(redis: redis) { $0.backend = backend } _: { (service) async throws in
            let ready = try await service.get("/readyz")
            #expect(ready.status == 503)
            #expect(ready.json["reasons"]?.elements?.first?["code"]?.text == reason)
            #expect(ready.json["ready"] == false)
            #expect(try await service.get("/livez").status == 200)
            try await redis.start()
            try await service.eventually { try await service.get("/readyz").status == 200 }
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
        try await RunningService.with(redis: redis) { $0.backend = .memory } _: { (service) async throws in
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
                try await RunningService.with(redis: redis) { $0.port = port } _: { _ in Issue.record("it started") }
            }
            guard case .cannotListen(_, port, _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test func `a graceful shutdown finishes the request under way, takes no new one, and ends without an error`() async throws {
        let redis = try await PrivateRedis.start()
        var settings = Settings()
        settings.redis = redis.configuration
        settings.port = 0
        let log = RecordedLog()
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let (releases, released) = AsyncStream.makeStream(of: Void.self)
        let slow = Route(
            "/slow",
            .get(nil) { _ in
                arrived.yield()
                for await _ in releases { break }
                return Answer(["done": true])
            })
        let service = try DashboardService(settings: settings, logger: log.logger, extraRoutes: [slow]) { listening.yield($0.port ?? 0) }
        let group = ServiceGroup(services: [service], logger: log.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = await ports.first { _ in true } ?? 0
            try await RawConnection.open(port: port) { (connection) async throws in
                try await connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = await arrivals.first { _ in true }
                await group.triggerGracefulShutdown()
                // New connections are refused as soon as the listening socket is closed.
                while (try? await RawConnection.open(port: port) { other in
                    try await other.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
                    return try await other.reply() != nil
                }) == true { try await Task.sleep(for: .milliseconds(5)) }
                released.yield()
                let reply = try await connection.reply()
                #expect(reply?.text == #"{"done":true}"#)
                #expect(await connection.isEnded())
            }
            try await tasks.next()
        }
    }

    @Test func `connections beyond the limit wait, and idle ones are closed`() async throws {
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
                    "POST /api/cache/signals HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n")
                let clock = ContinuousClock.now
                while (try? await connection.send(" ")) != nil, clock.duration(to: .now) < .seconds(10) {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(clock.duration(to: .now) < .seconds(5))
            }
        }
    }
}
