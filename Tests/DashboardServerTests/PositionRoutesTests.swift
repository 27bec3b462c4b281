import CacheServices
import Hiredis
import RedisTesting
import Testing

@testable import DashboardServer

@Suite(.serialized, .sharedService, .timeLimit(.minutes(1)))
struct PositionRoutesTests {
    @Test func `stores, lists, adds up and removes positions`() async throws {
        let service = try await SharedService.empty()
        #expect(try await service.get("/api/cache/positions/USDCOP").text == #"{"position":null}"#)
        #expect(try await service.get("/api/cache/positions-aggregate").json["aggregate"]?["win_rate"] == .null)
        let put = try await service.send("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position)}"#)
        #expect(put.status == 200)
        #expect(put.json["change"] == "stored")
        #expect(put.json["stored"] == "redis")
        #expect(try await service.get("/api/cache/positions/USDCOP").json["position"] == put.json["position"])
        let all = try await service.get("/api/cache/positions")
        #expect(all.json == ["count": 1, "positions": .array([try #require(put.json["position"])])])
        #expect(
            try await service.get("/api/cache/positions-aggregate").json["aggregate"]
                == ["losing_positions": 0, "profitable_positions": 1, "total_pnl": 50500, "total_positions": 1, "win_rate": 1])
        #expect(try await service.request("DELETE", "/api/cache/positions/USDCOP").json == ["cleared": 1])
        #expect(try await service.get("/api/cache/positions").json["count"] == 0)
    }

    @Test func `a symbol with a slash comes percent-encoded`() async throws {
        let service = try await SharedService.empty()
        let position = Samples.position.replacingSubrange("USDCOP", "USD/COP")
        #expect(try await service.send("PUT", "/api/cache/positions/USD%2fCOP", #"{"position": \#(position)}"#).status == 200)
        #expect(try await service.get("/api/cache/positions/USD%2FCOP").json["position"]?["symbol"] == "USD/COP")
        #expect(try await service.get("/api/cache/positions/%55SD%2FCOP").json["position"] != .null)
        #expect(try await service.get("/api/cache/positions/USD/COP").status == 404)
        #expect(try await service.redis.ask("EXISTS", "usdcop:position:active:USD/COP").integer == 1)
    }

    @Test func `setting a closed position removes it`() async throws {
        let service = try await SharedService.empty()
        _ = try await service.send("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position)}"#)
        let closed = Samples.position.replacingSubrange("OPEN", "CLOSED")
        let reply = try await service.send("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(closed)}"#)
        #expect(reply.json["change"] == "removed")
        #expect(try await service.redis.ask("EXISTS", "usdcop:position:active:USDCOP").integer == 0)
    }
}
