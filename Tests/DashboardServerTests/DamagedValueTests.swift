import CacheServices
import Hiredis
import Logging
import RedisTesting
import Testing

@testable import DashboardServer

@Suite(.serialized, .sharedService, .timeLimit(.minutes(1)))
struct DamagedValueTests {
    static let damaged: [(key: String, target: String, others: [String])] = [
        ("signal:latest", "/api/cache/signals", ["/api/cache/signals?type=history&symbol=USDCOP", "/api/cache/metrics"]),
        (
            "signal:history:USDCOP", "/api/cache/signals?type=history&symbol=USDCOP",
            ["/api/cache/signals", "/api/cache/signals?type=history&symbol=EURCOP"]
        ),
        ("metrics:financial", "/api/cache/metrics", ["/api/cache/metrics/custom", "/api/cache/positions"]),
        ("metrics:custom:a", "/api/cache/metrics/custom/a", ["/api/cache/metrics", "/api/cache/metrics/custom/b"]),
        ("position:active:USDCOP", "/api/cache/positions/USDCOP", ["/api/cache/positions/EURCOP", "/api/cache/positions"]),
    ]

    @Test(arguments: damaged)
    func `a key of another type is a 500 that names it, and stays as it is`(damage: (key: String, target: String, others: [String]))
        async throws
    {
        let service = try await SharedService.empty()
        try await service.redis.ask("SADD", .text("usdcop:" + damage.key), "foreign")
        let reply = try await service.get(damage.target)
        #expect(reply.status == 500)
        #expect(reply.code == "data_conflict")
        #expect(reply.json["key"]?.text == "usdcop:" + damage.key)
        #expect(!reply.text.contains("WRONGTYPE"))
        for other in damage.others { #expect(try await service.get(other).status == 200, "\(other)") }
        #expect(try await service.redis.ask("SISMEMBER", .text("usdcop:" + damage.key), "foreign").integer == 1)
    }

    @Test(arguments: damaged)
    func `a value that cannot be read is a 500 that names its key, and stays as it is`(
        damage: (key: String, target: String, others: [String])
    ) async throws {
        let service = try await SharedService.empty()
        let key = RedisArgument.text("usdcop:" + damage.key)
        if damage.key.hasPrefix("signal:history") {
            try await service.redis.ask("LPUSH", key, "{\"half\":")
        } else {
            try await service.redis.ask("SET", key, "{\"half\":")
        }
        let before = try await service.redis.ask("DUMP", key)
        for _ in 0..<2 {
            let reply = try await service.get(damage.target)
            #expect(reply.status == 500)
            #expect(reply.code == "data_conflict")
            #expect(reply.json["key"]?.text == "usdcop:" + damage.key)
        }
        for other in damage.others { #expect(try await service.get(other).status == 200, "\(other)") }
        #expect(try await service.redis.ask("DUMP", key) == before)
    }

    @Test func `a write onto a key of another type is a 500 and leaves it`() async throws {
        let service = try await SharedService.empty()
        try await service.redis.ask("SADD", "usdcop:signal:latest", "foreign")
        let before = try await service.fingerprint()
        let reply = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
        #expect(reply.status == 500)
        #expect(reply.code == "data_conflict")
        #expect(try await service.fingerprint() == before)
        let history = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal), "action": "add-to-history"}"#)
        #expect(history.status == 500 || history.status == 201)
    }

    @Test func `an unreadable latest signal is replaced by the next one, which says so`() async throws {
        let service = try await SharedService.empty()
        try await service.redis.ask("SET", "usdcop:signal:latest", "not json")
        #expect(try await service.get("/api/cache/signals").status == 500)
        let reply = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
        #expect(reply.json["latest"] == "replaced_unreadable")
        #expect(try await service.get("/api/cache/signals").status == 200)
    }

    @Test func `damaged entries among good ones are passed by, named and logged`() async throws {
        let service = try await SharedService.empty()
        _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
        try await service.redis.ask("LPUSH", "usdcop:signal:history:USDCOP", "damaged")
        let history = try await service.get("/api/cache/signals?type=history&symbol=USDCOP")
        #expect(history.status == 200)
        #expect(history.json["count"] == 1)
        #expect(history.json["unreadable"] == ["usdcop:signal:history:USDCOP"])
        let position = Samples.position.replacingSubrange("USDCOP", "EURCOP")
        _ = try await service.send("PUT", "/api/cache/positions/EURCOP", #"{"position": \#(position)}"#)
        _ = try await service.send("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position)}"#)
        try await service.redis.ask("SET", "usdcop:position:active:EURCOP", "damaged")
        for target in ["/api/cache/positions", "/api/cache/positions-aggregate"] {
            let reply = try await service.get(target)
            #expect(reply.status == 200)
            #expect(reply.json["unreadable"] == ["usdcop:position:active:EURCOP"])
        }
        #expect(service.log.records.contains { $0.level == .warning && ($0.metadata["keys"] ?? "").contains("position:active:EURCOP") })
    }
}
