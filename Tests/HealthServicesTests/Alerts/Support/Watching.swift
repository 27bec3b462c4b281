import CacheServices
import Foundation
import Hiredis
import Logging
import LoggingServices
import RedisTesting
import ServiceLifecycle
import Synchronization

@testable import HealthServices

/// What one process watches and tells with: the same parts that `serve` has.
struct Watching: Sendable {
    let checker: HealthChecker
    let alerts: AlertService
    let audit: AuditLogger
    let log: RecordedLog

    /// What all processes know of a service, as this one read it last.
    func known(_ service: OperationName) -> SharedCourse? { checker.state.withLock { $0.lone.known[service] } }
}

/// Runs checker, alerts and trail as one process does, for the length of `body`. Redis is looked at as often as the other services.
@discardableResult
func withWatching<Value: Sendable>(
    on configuration: RedisConfiguration?, _ services: [ServiceConfig], _ settings: AlertSettings, rules: AlertRules = .quick(),
    journal: URL? = nil, _ body: @Sendable (Watching) async throws -> Value
) async throws -> Value {
    @Sendable func run(_ redis: RedisClient?) async throws -> Value {
        let log = RecordedLog()
        var trail = AuditSettings()
        trail.stateDirectory = journal
        let audit = AuditLogger(redis: redis, settings: trail, logger: log.logger)
        var health = HealthSettings()
        health.services = services
        let checker = HealthChecker(redis: redis, settings: health, audit: audit, logger: log.logger)
        if let redis {
            let config = try ServiceConfig(
                name: DefaultServices.redis, url: nil, checkInterval: .milliseconds(500), timeout: .milliseconds(300),
                probe: RedisProbe(redis), kind: .redis)
            checker.registry.enroll(config, origin: .configuration)
        }
        let alerts = AlertService(
            redis.map { AlertStore($0, namespace: .standard) } ?? AlertStore(), spool: checker.spool, settings: settings, rules: rules,
            trail: audit.reader,
            leadership: Leadership(standing: { [checker] in checker.standing }, tick: .milliseconds(20), logger: log.logger),
            logger: log.logger)
        let group = ServiceGroup(services: [audit, checker, alerts], logger: .silent)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                let value = try await body(Watching(checker: checker, alerts: alerts, audit: audit, log: log))
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return value
            } catch {
                tasks.cancelAll()
                throw error
            }
        }
    }
    guard let configuration else { return try await run(nil) }
    return try await RedisClient.withClient(configuration, logger: .silent) { try await run($0) }
}

extension WebhookSink {
    /// The identities that arrived of alerts of a service, in order; `>healthy` and the like select a change.
    func keys(of service: String, to status: String? = nil) -> [String] {
        requests.compactMap { request in
            guard let alert = try? Alert(stored: request.body), case .service(service, _, let to) = alert.subject else { return nil }
            return status == nil || to == status ? alert.id : nil
        }
    }
}
