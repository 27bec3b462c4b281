import CacheServices
import Hiredis
@testable import LoggingServices
import RedisTesting
import Testing

extension Live {
    /// Pages of the trail: what they hold, how they follow each other, and what they survive.
    @Suite struct AuditTrailTests {}
}

extension Live.AuditTrailTests {
    @Test(arguments: Trail.Kind.allCases)
    func `the trail is newest first and whole`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            #expect(try await trail.reader.trail() == AuditPage(entries: [], nextCursor: nil, unreadable: []))
            let entries = try (0..<10).map { try AuditLogEntry.numbered($0) }
            let ids = try await trail.append(entries)
            let page = try await trail.reader.trail()
            #expect(page.entries.map(\.entry) == entries.reversed())
            #expect(page.entries.map(\.streamID) == ids.reversed())
            #expect(page.entries.map(\.record.sequence) == (1...10).reversed())
            #expect(page.entries.allSatisfy { $0.record.isIntact })
            #expect(page.nextCursor == nil)
            #expect(page.unreadable.isEmpty)
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `seed pattern: the signals of a symbol in a span of time`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            let signal = try AuditEvent.signalGenerated(.seed()).entry(id: "a", at: .sample)
            let other = try AuditEvent.signalGenerated(.seed(symbol: "EURCOP")).entry(id: "b", at: .sample)
            let early = try AuditEvent.signalGenerated(.seed()).entry(id: "c", at: .sample - .seconds(86_400 * 365))
            let opened = try AuditEvent.positionOpened(.sample()).entry(id: "d", at: .sample)
            try await trail.append([signal, other, early, opened])
            let filter = AuditFilter(
                eventType: .signalGenerated, symbol: "USDCOP", start: Timestamp(iso8601: "2025-01-01T00:00:00Z"),
                end: .sample)
            #expect(try await trail.reader.trail(filter, limit: 100).entries.map(\.record.entry) == [signal.json])
        }
    }

    @Test(arguments: [
        AuditFilter(), AuditFilter(eventType: .riskAlert), AuditFilter(symbol: "EURCOP"), AuditFilter(userID: "user-3"),
        AuditFilter(start: .sample + .seconds(100)), AuditFilter(end: .sample + .seconds(100)),
        AuditFilter(start: .sample + .seconds(100), end: .sample + .seconds(100)),
        AuditFilter(eventType: .signalExecuted, symbol: "USDCOP", userID: "user-1", start: .sample, end: .sample + .seconds(1000)),
        AuditFilter(symbol: "NONE"), AuditFilter(userID: ""),
    ])
    func `a filter gives exactly what it means, in pages that add up`(filter: AuditFilter) async throws {
        for kind in Trail.Kind.allCases {
            try await kind.run { trail async throws in
                let entries = try (0..<600).map { try AuditLogEntry.numbered($0) }
                try await trail.append(entries)
                let expected = entries.filter { filter.allows($0) }.map(\.auditID).reversed()
                for limit in [37, 1000] {
                    var found: [String] = []
                    var cursor: AuditCursor?
                    repeat {
                        let page = try await trail.reader.trail(filter, limit: limit, cursor: cursor)
                        #expect(page.entries.count <= limit)
                        found += page.entries.map(\.entry.auditID)
                        if page.nextCursor != nil { #expect(page.entries.count == limit) }
                        cursor = page.nextCursor
                    } while cursor != nil
                    #expect(found == Array(expected))
                }
            }
        }
    }

    @Test(arguments: Trail.Kind.allCases, [AuditFilter(), AuditFilter(symbol: "USDCOP")])
    func `pages neither repeat nor leave out while events come and go`(kind: Trail.Kind, filter: AuditFilter) async throws {
        try await kind.run(maximumEvents: 300) { trail async throws in
            try await trail.append(try (0..<300).map { try AuditLogEntry.numbered($0) })
            var numbers: [Int] = []
            var cursor: AuditCursor?
            var next = 300
            repeat {
                let page = try await trail.reader.trail(filter, limit: 10, cursor: cursor)
                numbers += page.numbers
                cursor = page.nextCursor
                // Every page, ten come at the front and ten go at the back.
                try await trail.append(try (next..<(next + 10)).map { try AuditLogEntry.numbered($0) })
                next += 10
            } while cursor != nil
            let oldest = try #require(numbers.last)
            let all = try (oldest..<300).filter { filter.allows(try AuditLogEntry.numbered($0)) }
            #expect(numbers == all.reversed())
            #expect(numbers.count > 50)
            // Nothing was there any more that was older than the last page.
            #expect(oldest >= next - 310 - (filter.isEmpty ? 10 : 130))
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `what cannot be read is named and left out, and everything else is there`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            let first = try AuditLogEntry.numbered(1)
            let second = try AuditLogEntry.numbered(6)
            try await trail.append([first])
            let foreign = try await trail.stream.append([.init("text", "hello")])
            let damaged = try await trail.append(bytes: [Array(#"{"action":"x"}"#.utf8), Array("no JSON".utf8), [0xff, 0x00]])
            try await trail.append([second])
            let bad = ([foreign] + damaged).reversed()
            let page = try await trail.reader.trail()
            #expect(page.entries.map(\.entry) == [second, first])
            #expect(page.unreadable == Array(bad))
            let filtered = try await trail.reader.trail(AuditFilter(start: .sample))
            #expect(filtered.entries.map(\.entry) == [second, first])
            #expect(filtered.unreadable == Array(bad))
            let stats = try await trail.reader.stats()
            #expect(stats.totalEvents == 6)
            #expect(stats.unreadableEvents == 4)
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `entries of other programs are found and kept whole`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            let text = """
                { "user_id" : "Ana\\u0041", "timestamp":"2025-01-15T05:30:00.000-05:00", "symbol":"USDCOP", "event_type":"RISK_ALERT",
                  "audit_id":"py-1", "action":"\\ud83d\\ude00", "desk": {"b":1,"a":2} }
                """
            try await trail.append(bytes: [Array(text.utf8)])
            let filter = AuditFilter(eventType: .riskAlert, symbol: "USDCOP", userID: "AnaA", start: .sample, end: .sample)
            let page = try await trail.reader.trail(filter)
            #expect(page.entries.map(\.entry.action) == ["😀"])
            #expect(page.entries.first?.entry.unknown == [.init("desk", ["b": 1, "a": 2])])
            #expect(page.entries.first?.record.entry == Array(text.utf8))
        }
    }

    @Test(arguments: [0, -1, 1001, .max, .min])
    func `a limit out of its range is refused`(limit: Int) async throws {
        let reader = AuditTrailReader(InMemoryEventStream(maximumLength: 10))
        let error = await #expect(throws: AuditError.self) { try await reader.trail(limit: limit) }
        #expect(error?.code == .invalid)
    }

    @Test func `an unfiltered page costs one command, a filtered one a look and what it shows`() async throws {
        try await Trail.Kind.redis.run { trail async throws in
            let server = try #require(trail.server)
            try await trail.append(try (0..<1000).map { try AuditLogEntry.numbered($0) })
            func calls(_ body: () async throws -> Void) async throws -> [String: Int] {
                let before = try await server.commandCalls()
                try await body()
                let after = try await server.commandCalls()
                return after.merging(before) { $0 - $1 }.filter { $0.key.hasPrefix("x") && $0.value > 0 }
            }
            let plain = try await calls { _ = try await trail.reader.trail(limit: 50) }
            #expect(plain == ["xrevrange": 1])
            _ = try await trail.reader.stats()
            let stats = try await calls { _ = try await trail.reader.stats() }
            #expect(stats == ["xinfo|stream": 1])
            let filtered = try await calls { _ = try await trail.reader.trail(AuditFilter(symbol: "USDCOP"), limit: 30) }
            #expect(filtered["xinfo|stream"] == 1)
            #expect(filtered["xrange", default: 0] <= 10)
        }
    }

    @Test func `when Redis is away the trail says so`() async throws {
        try await Trail.Kind.redis.run { trail async throws in
            try await trail.append([try .numbered(1)])
            try #require(trail.server).kill()
            for call: @Sendable () async throws -> Void in [
                { _ = try await trail.reader.trail() }, { _ = try await trail.reader.trail(AuditFilter(symbol: "USDCOP")) },
                { _ = try await trail.reader.stats() },
                { for try await _ in try await trail.reader.export(.csv) {} },
            ] {
                let error = await #expect(throws: AuditError.self) { try await call() }
                #expect(error?.code == .unavailable)
            }
        }
    }

    @Test func `a key of another type is a conflict, and is left alone`() async throws {
        try await Trail.Kind.redis.run { trail async throws in
            let server = try #require(trail.server)
            try await server.ask("SET", "usdcop:audit:events", "mine")
            for filter in [AuditFilter(), AuditFilter(symbol: "USDCOP")] {
                let error = await #expect(throws: AuditError.self) { try await trail.reader.trail(filter) }
                #expect(error?.code == .dataConflict)
            }
            #expect(try await server.ask("GET", "usdcop:audit:events") == .bulk(Array("mine".utf8)))
        }
    }
}
