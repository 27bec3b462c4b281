import CacheServices
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    /// The patterns of the seed that need cache, trail and performance logger together, in Swift.
    @Suite(.timeLimit(.minutes(1))) struct SeedPatternTests {}
}

extension Live.SeedPatternTests {
    private struct Rejected: Error {}

    /// Pattern 1: Complete Signal Processing
    private struct Processing {
        let signals: SignalCache
        let audit: AuditLogger
        let performance: PerformanceLogger

        func processSignal(_ signal: Signal, _ executeTrade: () async throws -> SignalExecution) async throws -> SignalExecution {
            let operation = performance.startOperation("process_signal")
            do {
                try await signals.setLatest(signal)
                try await signals.addToHistory(signal.symbol, signal)
                try await audit.logSignalGenerated(signal)
                let execution = try await executeTrade()
                try await audit.logSignalExecuted(signal, execution: execution)
                performance.endOperation(operation, success: true)
                return execution
            } catch {
                performance.endOperation(operation, success: false)
                throw error
            }
        }
    }

    @Test func `patterns 1 and 4: a signal is processed, and its trail is asked and exported`() async throws {
        let server = try await PrivateRedis.start()
        try await withAudit(on: server.configuration) { audit in
            let client = try #require(audit.store).client
            let processing = Processing(
                signals: SignalCache(RedisCacheClient(client, namespace: .standard)), audit: audit,
                performance: PerformanceLogger(.redis(client, namespace: .standard), logger: .silent))
            let execution = try SignalExecution.sample()
            #expect(try await processing.processSignal(.seed()) { execution } == execution)
            await #expect(throws: Rejected.self) { try await processing.processSignal(.seed("sig_124")) { throw Rejected() } }
            #expect(try await processing.signals.getHistory("USDCOP").count == 2)
            #expect(try await processing.performance.getMetrics("process_signal")?.successRate == 0.5)

            // Pattern 4: Audit Trail Query
            let trail = try await audit.getAuditTrail(
                AuditFilter(
                    eventType: .signalGenerated, symbol: "USDCOP", start: Timestamp(iso8601: "2025-01-01T00:00:00Z"), end: .now), limit: 100
            )
            #expect(trail.entries.count == 2)
            #expect(try await audit.getAuditStats().totalEvents == 3)
            var csv: [UInt8] = []
            for try await chunk in try await audit.exportAuditTrail(.csv) { csv += chunk.bytes }
            #expect(String(decoding: csv, as: UTF8.self).split(separator: "\r\n").count == 4)
            let history = try await processing.signals.getHistory("USDCOP")
            #expect(try await audit.reader.successRate(of: history) == 1)
        }
    }

    @Test func `the seed's logging example: each kind of event has its method, and is found by its type`() async throws {
        let server = try await PrivateRedis.start()
        try await withAudit(on: server.configuration) { audit in
            let (signal, position) = (try Signal.seed(), try Position.sample())
            try await audit.logSignalGenerated(signal)
            try await audit.logSignalExecuted(signal, execution: .sample())
            try await audit.logPositionOpened(position)
            try await audit.logPositionClosed(position, pnl: 12.5)
            try await audit.logRiskAlert(.sample())
            try await audit.logSystemEvent("desk closed")
            for type in AuditEventType.allCases {
                #expect(try await audit.getAuditTrail(AuditFilter(eventType: type), limit: 10).entries.count == 1, "\(type)")
            }
            #expect(try await audit.getAuditStats().totalEvents == AuditEventType.allCases.count)
        }
    }
}
