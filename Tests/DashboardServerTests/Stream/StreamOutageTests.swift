import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct StreamOutageTests {
    private static func publish(_ service: RunningService, _ id: String) async throws {
        _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal(id))}"#)
    }

    /// The next event of a signal or a reset, whatever else comes.
    private static func news(_ client: inout EventStreamClient) async throws -> EventStreamClient.Event {
        try await client.next(1, of: ["signals", "reset"])[0]
    }

    private static func mode(_ event: EventStreamClient.Event) -> String? { event.value["backend"]?["mode"]?.text }

    @Test func `through an outage the stream stays open, says where it is, and goes on where it was`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "signals,backend") { (client) async throws in
                #expect(try await client.next()?.name == "open")
                let first = try await client.next("backend")
                #expect(Self.mode(first) == "redis")
                #expect(first.id == nil)
                #expect(first.value["ready"]?["ready"] == true)
                #expect(first.value["durability"] == "aof-everysec")
                #expect(first.value["stats"]?["size"] != nil)
                try await Self.publish(service, "before")
                #expect(try await Self.news(&client).value["signal_id"] == "before")

                service.redis.kill()
                let died = ContinuousClock.now
                var away = try await client.next("backend")
                while Self.mode(away) != "memory" { away = try await client.next("backend") }
                #expect(died.duration(to: .now) < .seconds(2))
                #expect(away.value["ready"]?["reasons"]?.elements?.first?["code"] == "memory")
                #expect(away.value["durability"] != "aof-everysec")

                // What this process takes meanwhile is shown from memory, without a place.
                try await Self.publish(service, "during")
                let local = try await Self.news(&client)
                #expect(local.value["signal_id"] == "during")
                #expect(local.id == nil)

                try await service.redis.start()
                // Replayed, it is an event of the stream.
                let replayed = try await Self.news(&client)
                #expect(replayed.name == "signals")
                #expect(replayed.value["signal_id"] == "during")
                #expect(replayed.id != nil)
                var back = try await client.next("backend")
                while Self.mode(back) != "redis" { back = try await client.next("backend") }
                try await Self.publish(service, "after")
                #expect(try await Self.news(&client).value["signal_id"] == "after")
            }
        }
    }

    /// Breaks the connections on which streams are followed, those of the alerts included.
    private static func cutFollowers(of redis: PrivateRedis) async throws {
        var found: [Substring] = []
        try await eventually {
            found = try await (redis.ask("CLIENT", "LIST").text ?? "").split(separator: "\n").filter { $0.contains("cmd=xread") }
            return found.count >= 2
        }
        for line in found {
            let id = line.split(separator: " ").first?.dropFirst("id=".count) ?? ""
            try await redis.ask("CLIENT", "KILL", "ID", .text(String(id)))
        }
    }

    @Test func `a stream that cannot be followed is said, although Redis answers everything else`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "signals,backend") { (client) async throws in
                let first = try await client.next("backend")
                #expect(Self.mode(first) == "redis" && first.value["events"] == .null)
                service.redis.expectRefusals()
                try await service.redis.ask("ACL", "SETUSER", "usdcop", "-xread", "clearselectors", "(+@all -xread ~*)")
                try await Self.cutFollowers(of: service.redis)
                while try await client.next("backend").value["events"]?["code"] != "stream_away" {}
                #expect(try await service.get("/metrics").text.contains("\nusdcop_stream_following 0"))
                try await Self.publish(service, "meanwhile")
                try await service.redis.ask("ACL", "SETUSER", "usdcop", "+xread", "clearselectors", "(+@all ~*)")
                #expect(try await client.next("signals").value["signal_id"] == "meanwhile")
                while try await client.next("backend").value["events"] != .null {}
                #expect(try await service.get("/metrics").text.contains("\nusdcop_stream_following 1"))
            }
        }
    }

    @Test func `what is published while the following is broken arrives when it goes on`() async throws {
        try await RunningService.with { (service) async throws in
            try await RunningService.with(redis: service.redis) { (other) async throws in
                try await EventStreamClient.open(port: service.port, topics: "signals") { (client) async throws in
                    _ = try await client.next("open")
                    try await Self.publish(other, "before")
                    #expect(try await client.next()?.value["signal_id"] == "before")
                    for round in 0..<5 {
                        try await Self.cutFollowers(of: service.redis)
                        for number in 0..<20 { try await Self.publish(other, "\(round)-\(number)") }
                        let events = try await client.next(20, of: ["signals", "reset"])
                        #expect(events.map { $0.value["signal_id"]?.text } == (0..<20).map { "\(round)-\($0)" })
                    }
                }
            }
        }
    }

    @Test func `when Redis comes back empty there is one reset, and everything goes on`() async throws {
        let redis = try await PrivateRedis.start()
        try await RunningService.with(redis: redis) { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "signals,audit") { (client) async throws in
                _ = try await client.next("open")
                try await Self.publish(service, "before")
                #expect(try await Self.news(&client).value["signal_id"] == "before")
                let body = #"{"event_type": "SYSTEM_EVENT", "data": {"event": "start"}}"#
                _ = try await service.send("POST", "/api/audit/signals", body)
                _ = try await client.next("audit")
                redis.kill()
                try await redis.start()
                let reset = try await Self.news(&client)
                #expect(reset.name == "reset")
                #expect(reset.data["lost"] == .null)
                try await Self.publish(service, "after")
                var next = try await Self.news(&client)
                // The first write after an outage can be shown from memory, too.
                while next.name == "signals", next.id == nil { next = try await Self.news(&client) }
                #expect(next.value["signal_id"] == "after")
            }
        }
    }

    @Test func `when Redis hangs the stream says so, and goes on when it answers again`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "signals,backend") { (client) async throws in
                #expect(Self.mode(try await client.next("backend")) == "redis")
                service.redis.pause()
                let stopped = ContinuousClock.now
                while Self.mode(try await client.next("backend")) != "memory" {}
                #expect(stopped.duration(to: .now) < .seconds(3))
                try await Self.publish(service, "during")
                #expect(try await Self.news(&client).value["signal_id"] == "during")
                service.redis.resume()
                while Self.mode(try await client.next("backend")) != "redis" {}
                try await Self.publish(service, "after")
                var event = try await Self.news(&client)
                while event.value["signal_id"] != "after" {
                    #expect(event.name == "signals")
                    event = try await Self.news(&client)
                }
                #expect(event.id != nil)
            }
        }
    }

    @Test func `a client that comes while Redis is away is served from memory, and told when it is back`() async throws {
        let redis = try PrivateRedis(options: ["--appendonly", "yes"])
        try await RunningService.with(redis: redis) { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "signals,backend") { (client) async throws in
                let open = try #require(try await client.next())
                #expect(open.name == "open")
                #expect(open.id == nil)
                #expect(open.data["cursor"] == .null)
                #expect(Self.mode(try await client.next("backend")) == "memory")
                try await Self.publish(service, "early")
                #expect(try await Self.news(&client).id == nil)
                try await redis.start()
                var event = try await Self.news(&client)
                while event.name == "signals" { event = try await Self.news(&client) }
                #expect(event.data["lost"] == .null)
                #expect(event.id != nil)
                try await Self.publish(service, "late")
                var late = try await Self.news(&client)
                while late.value["signal_id"] == "early" { late = try await Self.news(&client) }
                #expect(late.value["signal_id"] == "late")
            }
        }
    }

    @Test func `a client that comes back while Redis is away goes on when it is there`() async throws {
        try await RunningService.with { (service) async throws in
            let place = try await EventStreamClient.open(port: service.port, topics: "signals") { (client) async throws in
                _ = try await client.next("open")
                try await Self.publish(service, "a")
                return try await client.next("signals").id
            }
            try await Self.publish(service, "b")
            let redis = service.redis
            redis.kill()
            try await RunningService.with(redis: redis) { (other) async throws in
                try await EventStreamClient.open(port: other.port, topics: "signals", after: place) { (client) async throws in
                    #expect(try await client.next()?.id == place)
                    try await redis.start()
                    #expect(try await client.next()?.value["signal_id"] == "b")
                    try await Self.publish(service, "c")
                    var event = try await Self.news(&client)
                    while event.id == nil { event = try await Self.news(&client) }
                    #expect(event.value["signal_id"] == "c")
                }
            }
        }
    }

    @Test func `without Redis at all the stream is that of the process`() async throws {
        try await RunningService.with(redis: try PrivateRedis()) {
            $0.backend = .memory
        } _: { (service) async throws in
            let topics = "signals,audit,backend,latency,health"
            let place = try await EventStreamClient.open(port: service.port, topics: topics) { (client) async throws in
                #expect(try await client.next("open").id != nil)
                #expect(Self.mode(try await client.next("backend")) == "memory")
                try await Self.publish(service, "a")
                #expect(try await Self.news(&client).id != nil)
                let body = #"{"event_type": "SYSTEM_EVENT", "data": {"event": "start"}}"#
                _ = try await service.send("POST", "/api/audit/signals", body)
                #expect(try await client.next("audit").event == "appended")
                _ = try await service.send(
                    "POST", "/api/health/latency", #"{"service": "api", "operation": "get", "latency_ms": 12}"#)
                var summary = try await client.next("latency")
                while summary.value["stats"]?.elements?.isEmpty == true { summary = try await client.next("latency") }
                #expect(summary.value["stats"]?.elements?.first?["service"] == "api")
                #expect(summary.value["trend"]?.elements?.isEmpty == false)
                #expect(summary.id == nil)
                return client.lastEventID
            }
            try await Self.publish(service, "b")
            try await EventStreamClient.open(port: service.port, topics: topics, after: place) { (client) async throws in
                #expect(try await Self.news(&client).value["signal_id"] == "b")
            }
            // Another process has other streams.
            try await RunningService.with(redis: try PrivateRedis()) {
                $0.backend = .memory
            } _: { (other) async throws in
                try await EventStreamClient.open(port: other.port, topics: "signals,audit", after: place) { (client) async throws in
                    _ = try await client.next("open")
                    #expect(try await client.next()?.name == "reset")
                }
            }
        }
    }
}
