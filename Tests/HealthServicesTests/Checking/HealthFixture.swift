import CacheServices
import Foundation
import Hiredis
import Logging
import LoggingServices
import RedisTesting

@testable import HealthServices

enum HealthTests {
    /// Whether the long variants are asked for.
    static let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"
}

extension ServiceConfig {
    /// A service with short times.
    static func quick(_ name: OperationName, _ url: String, interval: Int = 500, timeout: Int = 400) throws -> ServiceConfig {
        try ServiceConfig(
            name: name, url: ProbeURL(url), checkInterval: .milliseconds(interval), timeout: .milliseconds(timeout))
    }
}

/// A monitor that runs for the length of `body`.
@discardableResult
func withMonitor<Value: Sendable>(
    on configuration: RedisConfiguration?, _ services: [ServiceConfig], alertAfter: Int = 2, audited: Bool = false,
    publisher: String? = nil, logger: Logger = .silent,
    _ body: @Sendable (HealthChecker) async throws -> Value
) async throws -> Value {
    var settings = HealthSettings()
    settings.services = services
    settings.alertAfter = alertAfter
    settings.publisher = publisher
    let fixed = settings
    @Sendable func run(_ redis: RedisClient?) async throws -> Value {
        let audit = audited ? AuditLogger(redis: redis, settings: AuditSettings(), logger: .silent) : nil
        let checker = HealthChecker(redis: redis, settings: fixed, audit: audit, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            if let audit { group.addTask { await audit.run() } }
            let monitor = Task { await checker.run() }
            group.addTask { await monitor.value }
            do {
                let value = try await body(checker)
                monitor.cancel()
                await monitor.value
                audit?.close()
                try await group.waitForAll()
                return value
            } catch {
                monitor.cancel()
                group.cancelAll()
                throw error
            }
        }
    }
    guard let configuration else { return try await run(nil) }
    return try await RedisClient.withClient(configuration, logger: .silent) { try await run($0) }
}

/// The alerts that were written for somebody to send, oldest first.
func outbox(of server: PrivateRedis) async throws -> [JSONValue] {
    let reply = try await server.ask("XRANGE", .text(KeySchema().full(KeySchema.alerts)), "-", "+")
    return try (reply.array ?? []).compactMap { entry in
        guard let fields = entry.array?.last?.array, fields.count == 6, fields[1].text == "alert" else { return nil }
        let alert = try JSONParser.parse(fields[5].bytes ?? [])
        return alert["id"]?.text == fields[3].text ? alert : nil
    }
}

/// Descriptors that this process has open.
func openDescriptors() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0 }
