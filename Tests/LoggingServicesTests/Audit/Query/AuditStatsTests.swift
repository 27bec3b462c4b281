import CacheServices
@testable import LoggingServices
import Testing

extension Live {
    @Suite struct AuditStatsTests {}
}

extension Live.AuditStatsTests {
    @Test(arguments: Trail.Kind.allCases)
    func `counts of an empty trail are zeros, all six types among them`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            let stats = try await trail.reader.stats()
            #expect(
                stats.jsonValue == [
                    "total_events": 0,
                    "events_by_type": [
                        "SIGNAL_GENERATED": 0, "SIGNAL_EXECUTED": 0, "POSITION_OPENED": 0, "POSITION_CLOSED": 0, "RISK_ALERT": 0,
                        "SYSTEM_EVENT": 0,
                    ],
                    "events_by_symbol": [:], "recent_events": 0, "oldest_timestamp": .null, "newest_timestamp": .null,
                    "unreadable_events": 0,
                ])
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `events are counted by type, by symbol and by their own time`(kind: Trail.Kind) async throws {
        try await kind.run { trail async throws in
            // The clock of the reader stands at the sample.
            let times: [Timestamp] = [
                .sample - .seconds(7200), .sample - .seconds(3600), .sample - .seconds(3599), .sample, .sample + .seconds(60),
            ]
            var entries: [AuditLogEntry] = []
            for (number, time) in times.enumerated() {
                entries.append(
                    try AuditEvent.signalGenerated(.seed(symbol: number == 0 ? "EURCOP" : "USDCOP")).entry(id: "\(number)", at: time))
            }
            entries.append(AuditEvent.system("Started").entry(id: "s", at: .sample - .seconds(86_400)))
            try await trail.append(entries.reversed())
            let stats = try await trail.reader.stats()
            #expect(stats.totalEvents == 6)
            #expect(stats.eventsByType[.signalGenerated] == 5)
            #expect(stats.eventsByType[.systemEvent] == 1)
            #expect(stats.eventsByType[.riskAlert] == 0)
            #expect(stats.eventsBySymbol == ["USDCOP": 4, "EURCOP": 1, "SYSTEM": 1])
            #expect(stats.recentEvents == 3)
            #expect(stats.oldest == .sample - .seconds(86_400))
            #expect(stats.newest == .sample + .seconds(60))
        }
    }

    @Test(arguments: Trail.Kind.allCases)
    func `counts follow the cap`(kind: Trail.Kind) async throws {
        try await kind.run(maximumEvents: 100) { trail async throws in
            for start in stride(from: 0, to: 500, by: 125) {
                try await trail.append(try (start..<(start + 125)).map { try AuditLogEntry.numbered($0) })
                #expect(try await trail.reader.stats().totalEvents == 100)
            }
            #expect(try await trail.reader.stats().oldest == .sample + .seconds(400))
        }
    }
}
