import AsyncHTTPClient
public import CacheServices
public import Hiredis
public import Logging
public import LoggingServices
import NIOPosix
public import ServiceLifecycle

/// Alerts: makes them of the risk alerts in the audit trail, tells them by webhook and e-mail, and knows what was told.
///
/// Whoever watches services adds an alert to the stream `alerts` in the same step that stores the change of a status; from there on it is
/// told at least once to every channel, whichever process leads.
///
/// While Redis is away there is no stream and no leader. Then every process tells what it sees for itself, Redis' own absence first of all,
/// by its own channels and under the same rules; several may tell the same, and those that lost the same Redis at the same time do so under
/// the same identity. What was told comes to the stream when Redis is back, and the recovery is told from there, once.
public final class AlertService: Sendable {
    /// What was to be told, and what was.
    public let log: AlertLog
    private let store: AlertStore
    private let spool: AlertSpool
    private let settings: AlertSettings
    private let rules: AlertRules
    private let trail: AuditTrailReader
    private let leadership: Leadership
    private let logger: Logger
    private let pool = NIOThreadPool(numberOfThreads: 2)

    /// - Parameters:
    ///   - redis: the connection that the process shares; `nil` keeps alerts in this process only.
    ///   - settings: channels and spacing.
    ///   - trail: where risk alerts come from.
    ///   - checker: knows whether this process works for all, and what it sees while Redis is away.
    public convenience init(
        redis: RedisClient?, namespace: Namespace, settings: AlertSettings, trail: AuditTrailReader, checker: HealthChecker, logger: Logger
    ) {
        self.init(
            redis.map { AlertStore($0, namespace: namespace) } ?? AlertStore(), spool: checker.spool, settings: settings,
            rules: AlertRules(spacing: settings.spacing), trail: trail,
            leadership: Leadership(standing: { [checker] in checker.standing }, tick: .milliseconds(250), logger: logger), logger: logger)
    }

    init(
        _ store: AlertStore, spool: AlertSpool = AlertSpool(), settings: AlertSettings, rules: AlertRules, trail: AuditTrailReader,
        leadership: Leadership, logger: Logger
    ) {
        self.store = store
        self.spool = spool
        self.settings = settings
        self.rules = rules
        self.trail = trail
        self.leadership = leadership
        self.logger = logger
        log = AlertLog(store.stream)
    }
}

extension AlertService: Service {
    /// Works while this process leads, until a graceful shutdown or the end of the task; what is under way then is finished.
    public func run() async {
        pool.start()
        let client = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: WebhookChannel.configuration)
        let dispatcher = AlertDispatcher(
            store, spool: spool, channels: channels(client), rules: rules, leadership: leadership, logger: logger)
        let risks = RiskAlertFollower(trail: trail, store: store, leadership: leadership, logger: logger)
        await withDiscardingTaskGroup { group in
            group.addTask { await cancelWhenGracefulShutdown { await risks.run() } }
            if store.isOfThisProcess { group.addTask { await self.takeChanges() } }
            await dispatcher.run()
            group.cancelAll()
        }
        try? await client.shutdown()
        try? await pool.shutdownGracefully()
    }

    /// Without Redis there is no step that stores the change of a status and adds its alert.
    private func takeChanges() async {
        while !Task.isCancelled {
            for change in spool.takeChanges() { try? await store.add(change.alert) }
            try? await Task.sleep(for: leadership.tick)
        }
    }

    private func channels(_ client: HTTPClient) -> [any AlertChannel] {
        let webhooks: [any AlertChannel] = settings.webhooks.map {
            WebhookChannel(url: $0, secret: settings.secret, client: client, timeout: rules.timeout)
        }
        var mails: [any AlertChannel] = []
        if let server = settings.smtp, let sender = settings.sender {
            mails = settings.recipients.map { EmailChannel(to: $0, from: sender, server: server, pool: pool) }
        }
        return webhooks.isEmpty && mails.isEmpty ? [NoChannel()] : webhooks + mails
    }
}
