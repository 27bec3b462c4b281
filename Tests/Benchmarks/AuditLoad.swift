import CacheServices
import Foundation
import Hiredis
import Logging
import LoggingServices

/// The trail under load: appends by many callers, filtered pages and exports over a full trail.
enum AuditLoad {
    /// - Returns: events per second for `audit-append`; nanoseconds for one `audit-query` and one `audit-export`.
    static func figure(_ name: String, callers: Int, total: Int, _ client: RedisClient, _ logger: Logger) async throws -> Int {
        let state = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-bench-\(UUID().uuidString)", isDirectory: true)
        defer { try? FileManager.default.removeItem(at: state) }
        var settings = AuditSettings()
        settings.stateDirectory = state
        let audit = AuditLogger(redis: client, settings: settings, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await audit.run() }
            defer { group.cancelAll() }
            if name == "audit-append" {
                let elapsed = try await append(total, callers, to: audit)
                return Int(Double(total) / (elapsed / .seconds(1)))
            }
            try await fill(10_000, 64, audit)
            let filter = AuditFilter(eventType: .signalExecuted, symbol: "USDCOP")
            // What the filter finds lies all over the trail: every thirtieth event.
            guard try await audit.reader.trail(filter, limit: 100).entries.count == 100 else { exit(74) }
            let elapsed = try await ContinuousClock().measure {
                for _ in 0..<total {
                    if name == "audit-query" {
                        _ = try await audit.reader.trail(filter, limit: 100)
                    } else {
                        for try await _ in try await audit.reader.export(.csv) {}
                    }
                }
            }
            return Int(elapsed / .nanoseconds(1)) / total
        }
    }

    @discardableResult
    private static func append(_ total: Int, _ callers: Int, to audit: AuditLogger) async throws -> Duration {
        let signal = try BenchSignal.make(0)
        return try await ContinuousClock().measure {
            try await each(total, callers) { _ in _ = try await audit.logSignalGenerated(signal) }
        }
    }

    /// Events of all six types and of five symbols by turns, as a desk writes them.
    private static func fill(_ total: Int, _ callers: Int, _ audit: AuditLogger) async throws {
        let symbols: [Symbol] = ["USDCOP", "EURUSD", "USDMXN", "USDBRL", "USDCLP"]
        let time = try BenchSignal.make(0).timestamp
        try await each(total, callers) { number in
            let symbol = symbols[number / 6 % symbols.count]
            let signal = try BenchSignal.make(number, symbol)
            func position(_ status: PositionStatus) throws -> Position {
                try Position(
                    positionID: "pos-\(number)", symbol: symbol, entryPrice: 4250.5, currentPrice: 4262.25, quantity: 1000, pnl: 11_750,
                    pnlPercent: 0.28, entryTime: time, status: status)
            }
            switch number % 6 {
            case 0: _ = try await audit.logSignalGenerated(signal)
            case 1:
                let execution = try SignalExecution(
                    executionID: "exec-\(number)", price: 4251.25, quantity: 1000, status: "filled", timestamp: time)
                _ = try await audit.logSignalExecuted(signal, execution: execution)
            case 2: _ = try await audit.logPositionOpened(try position(.open))
            case 3: _ = try await audit.logPositionClosed(try position(.closed), pnl: 11_750)
            case 4:
                let alert = try RiskAlert(
                    type: "MAX_DRAWDOWN", severity: "high", message: "Drawdown is beyond its limit", threshold: 10, currentValue: 12.5,
                    symbol: symbol)
                _ = try await audit.logRiskAlert(alert)
            default: _ = try await audit.logSystemEvent("SERVICE_STARTED", metadata: ["service": "ml-analytics"])
            }
        }
    }

    private static func each(_ total: Int, _ callers: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask { for number in stride(from: caller, to: total, by: callers) { try await body(number) } }
            }
            try await group.waitForAll()
        }
    }
}
