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
            try await append(10_000, 64, to: audit)
            let filter = AuditFilter(eventType: .signalGenerated, symbol: "USDCOP")
            _ = try await audit.reader.trail(filter, limit: 100)
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
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<callers {
                    group.addTask {
                        for _ in 0..<(total / callers) { _ = try await audit.logSignalGenerated(signal) }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
