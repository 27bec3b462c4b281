import CacheServices
import Hiredis
@testable import LoggingServices
import RedisTesting
import Testing

extension Live {
    @Suite struct AuditTailTests {}
}

extension Live.AuditTailTests {
    @Test(arguments: Trail.Kind.allCases)
    func `the tail shows what comes, filtered, and says where it is`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            try await trail.append(try (0..<5).map { try AuditLogEntry.numbered($0) })
            let start = try await trail.reader.end()
            let ids = try await trail.append(try (5..<20).map { try AuditLogEntry.numbered($0) })
            let foreign = try await trail.stream.append([.init("a", "b")])
            var found: [String] = []
            for try await batch in trail.reader.follow(AuditFilter(symbol: "USDCOP"), after: start) {
                found += batch.entries.map(\.entry.auditID)
                if batch.last == foreign {
                    #expect(batch.unreadable == [foreign])
                    break
                }
            }
            #expect(found == ["audit-12", "audit-13", "audit-14"])
            #expect(ids.count == 15)
        }
    }

    @Test func `it goes on after a reconnect without a gap or a repeat`() async throws {
        try await Trail.Kind.redis.run { trail async throws in
            let server = try #require(trail.server)
            try await trail.append(try (0..<3).map { try AuditLogEntry.numbered($0) })
            var last = StreamID.zero
            var found: [String] = []
            // Cutting the blocked reader is what a lost connection looks like.
            for round in 0..<3 {
                do {
                    for try await batch in trail.reader.follow(after: last) {
                        found += batch.entries.map(\.entry.auditID)
                        last = batch.last
                        if found.count == 3 * (round + 1) { try await server.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes") }
                    }
                    Issue.record("the tail ended without an error")
                } catch {}
                try await eventually { (try? await trail.reader.end()) != nil }
                if round < 2 { try await trail.append(try (0..<3).map { try AuditLogEntry.numbered(3 * (round + 1) + $0) }) }
            }
            #expect(found == (0..<9).map { "audit-\($0)" })
        }
    }
}
