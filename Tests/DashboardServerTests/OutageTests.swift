import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct OutageTests {
    @Test func `with auto, reads and writes go on in memory and say so, and come back`() async throws {
        try await RunningService.with { (service) async throws in
            _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
            #expect(try await service.get("/api/cache/signals").status == 200)
            service.redis.kill()
            let stale = try await service.get("/api/cache/signals")
            #expect(stale.status == 200)
            #expect(stale.json["signal"]?["signal_id"] == "sig_123")
            #expect(stale["X-Cache-Backend"] == "memory")
            #expect(stale["X-Cache-Stale"] == "true")
            #expect(stale["Age"].flatMap { Int($0) } != nil)

            let later = Samples.signal("later", at: "2025-01-15T11:00:00Z")
            let write = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(later)}"#)
            #expect(write.status == 201)
            #expect(write.json["stored"] == "memory")
            #expect(write["X-Cache-Backend"] == "memory")
            #expect(try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#).json["stored"] == "memory")
            let fresh = try await service.get("/api/cache/signals")
            #expect(fresh.json["signal"]?["signal_id"] == "later")
            #expect(fresh["X-Cache-Stale"] == nil)

            let refused = try await service.request("DELETE", "/api/cache/signals?all=true")
            #expect(refused.status == 503)
            #expect(refused.code == "redis_unavailable")
            #expect(refused["Retry-After"] == "1")
            #expect(refused.json["outcome"] == "not_recorded")

            let ready = try await service.get("/readyz")
            #expect(ready.status == 503)
            #expect(ready.code == "not_ready")
            #expect(ready.json["reasons"]?.elements?.first?["code"] == "memory")
            #expect(try await service.get("/livez").status == 200)
            let stats = try await service.get("/api/cache/stats")
            #expect(stats.json["backend"]?["mode"] == "memory")
            #expect((stats.json["backend"]?["pending_writes"]?.double ?? 0) >= 2)

            try await service.redis.start()
            try await eventually { try await service.get("/readyz").status == 200 }
            let back = try await service.get("/api/cache/signals")
            #expect(back["X-Cache-Backend"] == "redis")
            #expect(back["X-Cache-Stale"] == nil)
            #expect(back.json["signal"]?["signal_id"] == "later")
            #expect(try await service.redis.ask("GET", "usdcop:metrics:custom:a").text == "1")
        }
    }

    @Test func `with redis, everything that needs it is a 503 that says what happened`() async throws {
        try await RunningService.with {
            $0.backend = .redis
        } _: { (service) async throws in
            _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
            service.redis.kill()
            // The first one may find the connection not yet known to be lost.
            _ = try await service.get("/api/cache/signals")
            let read = try await service.get("/api/cache/signals")
            #expect(read.status == 503)
            #expect(read.code == "redis_unavailable")
            #expect(read["Retry-After"] == "1")
            #expect(read.json["outcome"] == "not_recorded")
            let write = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
            #expect(write.status == 503)
            #expect(write.json["outcome"] == "not_recorded")
            #expect(!write.text.contains("127.0.0.1"))
            let ready = try await service.get("/readyz")
            #expect(ready.status == 503)
            #expect(ready.json["reasons"]?.elements?.first?["code"] == "redis_away")
            #expect(try await service.get("/livez").status == 200)
            try await service.redis.start()
            try await eventually { try await service.get("/api/cache/signals").status == 200 }
        }
    }

    @Test func `when Redis hangs, everything is answered within 2 seconds, and an unknown outcome is called unknown`() async throws {
        try await RunningService.with {
            $0.backend = .redis
        } _: { (service) async throws in
            _ = try await service.send("PUT", "/api/cache/metrics", #"{"metrics": \#(Samples.metrics)}"#)
            service.redis.pause()
            let requests: [(String, String, String?)] = [
                ("GET", "/api/cache/signals", nil), ("GET", "/api/cache/signals?type=all", nil), ("GET", "/api/cache/stats", nil),
                ("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#),
                ("PATCH", "/api/cache/metrics", #"{"metrics": {"win_rate": 0.5}}"#),
                ("DELETE", "/api/cache/signals?all=true", nil), ("DELETE", "/api/cache/metrics", nil),
            ]
            let replies = try await withThrowingTaskGroup(of: (String, HTTPReply, Duration).self) { group in
                for (method, target, body) in requests {
                    group.addTask {
                        let start = ContinuousClock.now
                        let reply =
                            if let body { try await service.send(method, target, body) } else { try await service.request(method, target) }
                        return (method, reply, .now - start)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.count == requests.count)
            for (method, reply, time) in replies {
                #expect(reply.status == 503 || reply.status == 504)
                #expect(time < .milliseconds(2500))
                if method == "GET" { #expect(reply.json["outcome"] == "not_recorded") }
                if method == "POST" { #expect(reply.json["outcome"] == "unknown") }
                #expect(reply.json["outcome"] != nil)
            }
            #expect(try await service.get("/livez").status == 200)
            service.redis.resume()
            try await eventually { try await service.get("/readyz").status == 200 }
        }
    }

    @Test func `Redis' own refusals have a code each`() async throws {
        try await RunningService.with { (service) async throws in
            try await service.redis.ask("CONFIG", "SET", "maxmemory", "1")
            let full = try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#)
            #expect(full.status == 503)
            #expect(full.code == "redis_out_of_memory")
            #expect(full.json["outcome"] == "not_recorded")
            #expect(full["X-Cache-Backend"] == "redis")
            try await service.redis.ask("CONFIG", "SET", "maxmemory", "0")
            try await service.redis.ask("CONFIG", "SET", "min-replicas-to-write", "1")
            let alone = try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#)
            #expect(alone.code == "redis_too_few_replicas")
            try await service.redis.ask("CONFIG", "SET", "min-replicas-to-write", "0")
            service.redis.expectRefusals()
            try await service.redis.ask("ACL", "SETUSER", "usdcop", "clearselectors")
            let denied = try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#)
            #expect(denied.code == "redis_no_permission")
            try await service.redis.ask("ACL", "SETUSER", "usdcop", "(+@all ~*)")
            #expect(try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#).status == 200)
        }
    }

    @Test func `a deadline ends work that takes too long, and says so`() async throws {
        let problem = await #expect(throws: Problem.self) {
            try await Deadline.run(writes: true, within: .milliseconds(20)) { try await Task.sleep(for: .seconds(30)) }
        }
        #expect(problem?.code == .timeout)
        #expect(problem?.outcome == .unknown)
        #expect(try await Deadline.run(writes: true) { 5 } == 5)
    }
}
