import CacheServices
import Hiredis
import Logging
import LoggingServices
import RedisTesting
import ServiceLifecycle

@testable import HealthServices

/// How the tests wait: long enough for a slow machine, short enough for an impatient person.
extension AlertRules {
    static func quick(spacing: Duration = .zero) -> AlertRules {
        var rules = AlertRules(spacing: spacing)
        rules.timeout = .milliseconds(500)
        rules.retry = AlertRetry(first: .milliseconds(20), longest: .milliseconds(100), window: .milliseconds(600))
        return rules
    }
}

/// Runs alerts on a server for the length of `body`, as one process does.
@discardableResult
func withAlerts<Value: Sendable>(
    on redis: PrivateRedis, _ settings: AlertSettings = AlertSettings(), rules: AlertRules = .quick(), logger: Logger = .silent,
    isLeader: @escaping @Sendable () -> Int? = { 1 }, _ body: @Sendable (AlertService) async throws -> Value
) async throws -> Value {
    try await RedisClient.withClient(redis.configuration, logger: .silent) { client in
        let trail = AuditTrailReader(AuditStore(client, namespace: .standard, maximumLength: 10_000))
        let alerts = AlertService(
            AlertStore(client, namespace: .standard), settings: settings, rules: rules, trail: trail,
            leadership: Leadership(standing: { isLeader().map { .leads($0) } ?? .follows }, tick: .milliseconds(10), logger: logger),
            logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await alerts.run() }
            defer { group.cancelAll() }
            return try await body(alerts)
        }
    }
}

extension AlertSettings {
    /// One webhook on this machine.
    static func webhook(_ port: Int, _ path: String = "/hook", secret: String? = nil) throws -> AlertSettings {
        var settings = AlertSettings()
        settings.webhooks = [try WebhookURL("http://127.0.0.1:\(port)\(path)")]
        settings.secret = secret.flatMap { WebhookSecret(contents: Array($0.utf8)) }
        return settings
    }
}
