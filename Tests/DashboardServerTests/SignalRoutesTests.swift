import CacheServices
import Hiredis
import RedisTesting
import Testing

@testable import DashboardServer

@Suite(.serialized, .sharedService, .timeLimit(.minutes(1)))
struct SignalRoutesTests {
    @Test func `publishes a signal and reads it back by every type, with the addresses of the seed`() async throws {
        let service = try await SharedService.empty()
        let post = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal), "action": "set-and-add"}"#)
        #expect(post.status == 201)
        #expect(post.json["signal"] == (try Signal(strict: Array(Samples.signal.utf8)).jsonValue))
        #expect(post.json["action"] == "set-and-add")
        #expect(post.json["latest"] == "stored")
        #expect(post.json["history"] == "added")
        #expect(post.json["stored"] == "redis")
        #expect(post["X-Cache-Backend"] == "redis")

        let stored = try #require(try await service.redis.ask("GET", "usdcop:signal:latest").text)
        for target in ["/api/cache/signals?type=latest", "/api/cache/signals", "/api/cache/signals?"] {
            let latest = try await service.get(target)
            #expect(latest.status == 200)
            #expect(latest.text == #"{"signal":\#(stored)}"#)
        }

        let history = try await service.get("/api/cache/signals?type=history&symbol=USDCOP&limit=50")
        #expect(history.json["symbol"] == "USDCOP")
        #expect(history.json["count"] == 1)
        #expect(history.json["signals"] == .array([try Samples.json(stored)]))

        let stats = try await service.get("/api/cache/signals?type=stats&symbol=USDCOP")
        #expect(stats.json["symbol"] == "USDCOP")
        #expect(
            stats.json["stats"]
                == [
                    "avg_confidence": 0.85, "buy": 1, "by_model": ["v1.0": 1], "hold": 0, "sell": 0, "success_rate": .null, "total": 1,
                ])

        let all = try await service.get("/api/cache/signals?type=all")
        #expect(all.json == ["latest": ["USDCOP": try Samples.json(stored)], "symbols": ["USDCOP"]])

        let range = try await service.get(
            "/api/cache/signals?type=range&symbol=USDCOP&start=2025-01-15T00:00:00Z&end=2025-01-16T00:00:00+01:00")
        #expect(range.status == 200)
        #expect(range.json["start"] == "2025-01-15T00:00:00.000Z")
        #expect(range.json["end"] == "2025-01-15T23:00:00.000Z")
        #expect(range.json["count"] == 1)

        let cleared = try await service.request("DELETE", "/api/cache/signals?symbol=USDCOP")
        #expect(cleared.status == 200)
        #expect(cleared.json == ["cleared": 1])
        #expect(try await service.get("/api/cache/signals?type=history&symbol=USDCOP").json["count"] == 0)
        #expect(try await service.get("/api/cache/signals?type=latest").json["signal"] != .null)
    }

    @Test func `answers null and empty lists where there is nothing`() async throws {
        let service = try await SharedService.empty()
        #expect(try await service.get("/api/cache/signals?type=latest").text == #"{"signal":null}"#)
        #expect(try await service.get("/api/cache/signals?type=history&symbol=USD/COP").json["count"] == 0)
        #expect(try await service.get("/api/cache/signals?type=all").json == ["latest": .object([]), "symbols": []])
        #expect(try await service.get("/api/cache/signals?type=stats&symbol=X").json["stats"]?["avg_confidence"] == .null)
        #expect(try await service.request("DELETE", "/api/cache/signals?symbol=USDCOP").json == ["cleared": 0])
    }

    @Test(
        arguments: [
            (nil, "stored", "added"), ("set-and-add", "stored", "added"), ("set-latest", "stored", nil), ("add-to-history", nil, "added"),
        ] as [(String?, String?, String?)])
    func `does what the action says`(action: String?, latest: String?, history: String?) async throws {
        let service = try await SharedService.empty()
        let body = #"{"signal": \#(Samples.signal)\#(action.map { #", "action": "\#($0)""# } ?? ""), "audit": false}"#
        let reply = try await service.send("POST", "/api/cache/signals", body)
        #expect(reply.status == 201)
        #expect(reply.json["action"]?.text == action ?? "set-and-add")
        #expect(reply.json["latest"]?.text == latest)
        #expect(reply.json["history"]?.text == history)
        #expect(try await service.redis.ask("EXISTS", "usdcop:signal:latest").integer == (latest == nil ? 0 : 1))
        #expect(try await service.redis.ask("EXISTS", "usdcop:signal:history:USDCOP").integer == (history == nil ? 0 : 1))
    }

    @Test func `an older signal does not become the latest, and the same bytes are kept once`() async throws {
        let service = try await SharedService.empty()
        _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
        let again = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
        #expect(again.status == 201)
        #expect(again.json["history"] == "duplicate")
        let older = Samples.signal("old", at: "2024-12-31T23:59:59Z")
        let reply = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(older)}"#)
        #expect(reply.json["latest"] == "older")
        #expect(reply.json["history"] == "added")
        let history = try await service.get("/api/cache/signals?type=history&symbol=USDCOP&limit=1")
        #expect(history.json["signals"]?.elements?.first?["signal_id"] == "old")
    }

    @Test func `a changed latest signal is seen at once`() async throws {
        let service = try await SharedService.empty()
        for minute in 10..<15 {
            let signal = Samples.signal("s\(minute)", at: "2025-01-15T10:\(minute):00Z")
            _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(signal)}"#)
            #expect(try await service.get("/api/cache/signals?type=latest").json["signal"]?["signal_id"]?.text == "s\(minute)")
        }
    }

    @Test func `clears everything only when told so`() async throws {
        let service = try await SharedService.empty()
        for symbol in ["USDCOP", "EURCOP"] {
            _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal("a", symbol: symbol))}"#)
        }
        let neither = try await service.request("DELETE", "/api/cache/signals")
        #expect(neither.status == 400)
        #expect(neither.code == "invalid_query")
        let both = try await service.request("DELETE", "/api/cache/signals?symbol=USDCOP&all=true")
        #expect(both.status == 400)
        #expect(try await service.get("/api/cache/signals?type=all").json["symbols"] == ["EURCOP", "USDCOP"])
        #expect(try await service.request("DELETE", "/api/cache/signals?all=true").json == ["cleared": 3])
        #expect(try await service.get("/api/cache/signals?type=all").json["symbols"] == [])
    }
}
