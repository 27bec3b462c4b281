import NIOCore
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct LogNoticesTests {
    @Test func `each kind is told of once a minute, with how many there were`() {
        let clock = ManualDeadline()
        let notices = LogNotices<String>(clock: { clock.now })
        #expect(notices.count("a") == 1)
        #expect(notices.count("b") == 1)
        for _ in 0..<9 { #expect(notices.count("a") == nil) }
        clock.advance(.seconds(60))
        #expect(notices.count("a") == 10)
        clock.advance(.seconds(120))
        #expect(notices.count("a") == 1)
    }

    @Test func `a thousand kinds make a hundred lines`() {
        let notices = LogNotices<Int>()
        #expect((0..<1000).count { notices.count($0) != nil } == 100)
    }

    @Test func `the log names who guesses keys and who may not, and never a key`() async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        try await RunningService.with {
            $0.keys = keys
        } _: { (service) async throws in
            // A browser and a person begin without a key.
            #expect(try await service.get("/api/cache/signals").status == 401)
            for guess in 0..<30 {
                #expect(
                    try await service.get("/api/cache/signals", headers: [("X-API-Key", "wrong-key-0123456789-\(guess)")]).status == 401)
            }
            for _ in 0..<3 {
                let clear = try await service.request("DELETE", "/api/cache/metrics", headers: [("X-API-Key", "reader-key-0123456789")])
                #expect(clear.status == 403)
            }
            let lines = service.log.records.filter { $0.message == "requests of a client are refused" }
            #expect(lines.map { $0.metadata["code"] } == ["unauthenticated", "forbidden"])
            #expect(lines.map { $0.metadata["client"] } == ["127.0.0.1", "127.0.0.1"])
            #expect(lines.map { $0.metadata["key"] } == ["none", "desk"])
            #expect(!service.log.records.contains { $0.metadata.values.contains { $0.contains("-key-0123") } })
        }
    }

    @Test func `however often requests fail, a reason is one line for each route, and a probe that says no is none`() async throws {
        try await RunningService.with { (service) async throws in
            service.redis.kill()
            try await eventually { try await service.get("/readyz").status == 503 }
            for _ in 0..<50 {
                #expect(try await service.get("/readyz").status == 503)
                #expect(try await service.get("/api/audit/signals").status == 503)
                #expect(try await service.get("/api/audit/signals?type=verify").status == 503)
            }
            let lines = service.log.records.filter { $0.message == "a request failed" }
            let kinds = lines.map { "\($0.metadata["route"] ?? "") \($0.metadata["code"] ?? "")" }
            #expect(Set(kinds).count == kinds.count, "\(kinds)")
            #expect(Set(lines.map { $0.metadata["route"] }) == ["/api/audit/signals"])
        }
    }
}

private final class ManualDeadline: Sendable {
    private let state = Mutex(NIODeadline.uptimeNanoseconds(1))
    var now: NIODeadline { state.withLock { $0 } }
    func advance(_ time: TimeAmount) { state.withLock { $0 = $0 + time } }
}
