public import CacheServices
public import HealthServices
public import Hiredis
import Hummingbird
import HummingbirdCore
public import Logging
public import LoggingServices
public import NIOCore
public import ServiceLifecycle

/// The whole service, composed once: the caches on their client, the connection to Redis, and the HTTP server.
///
/// Everything that the seed reaches by `getX()` is a member here. Two of them can live in one process. Nothing starts before ``run()``.
public struct DashboardService: Sendable {
    /// What stores cache data (Seed: getRedisClient).
    public let client: any ICacheClient
    /// The connection; nil when the backend is memory.
    public let redis: RedisClient?
    /// Seed: getSignalCache.
    public let signals: SignalCache
    /// Seed: getMetricsCache.
    public let metrics: MetricsCache
    /// Seed: getPerformanceLogger. The desk's own operations; the service's requests do not go in here.
    public let performance: PerformanceLogger
    /// Seed: getLatencyMonitor. The desk's own services; the service's requests do not go in here either.
    public let latency: LatencyMonitor
    /// Seed: getAuditLogger.
    public let audit: AuditLogger
    /// Seed: getHealthChecker.
    public let health: HealthChecker
    /// Tells people of changes of services and of risk alerts, and knows what was told.
    public let alerts: AlertService
    /// Everything long-lived in the order of its start; it ends in reverse order. For a service group of the caller's own.
    public let services: [any Service]
    /// Who may do what.
    package let routes: RouteTable
    /// What this process counts and measures; `GET /metrics` shows it.
    public let registry: MetricsRegistry
    /// Through which live pages get what happens.
    let stream: StreamHub
    let settings: Settings
    let logger: Logger

    /// Called with the address once the server listens.
    public typealias ListeningHook = @Sendable (SocketAddress) async -> Void

    /// Composes the service of checked settings.
    ///
    /// - Parameters:
    ///   - registry: where every part counts; one of its own unless given.
    ///   - collectors: what else `GET /metrics` shows.
    /// - Throws: ``StartError`` when the address can be reached from other machines and there are no API keys.
    public init(
        settings: Settings, logger: Logger, registry: MetricsRegistry = MetricsRegistry(), collectors: [MetricsCollector] = [],
        onListening: @escaping ListeningHook = { _ in }
    ) throws(StartError) {
        try self.init(
            settings: settings, logger: logger, registry: registry, collectors: collectors, extraRoutes: [], onListening: onListening)
    }

    /// The same with routes of the caller's own behind the product's, for measurements.
    ///
    /// - Parameter isBare: whether nothing of a connection is bounded and no answer has a header for its security: what all that costs is the
    ///   difference.
    package init(
        settings: Settings, logger: Logger, registry: MetricsRegistry = MetricsRegistry(), collectors: [MetricsCollector] = [],
        extraRoutes: [Route], isBare: Bool = false, onListening: @escaping ListeningHook = { _ in }
    ) throws(StartError) {
        guard !settings.keys.isEmpty || SettingsDraft.isLoopback(settings.host) else { throw .keysNeeded(host: settings.host) }
        let backend = Backend(settings: settings, logger: logger, metrics: registry)
        client = backend.client
        redis = backend.redis
        signals = SignalCache(backend.client)
        metrics = MetricsCache(backend.client)
        performance = PerformanceLogger(
            backend.redis.map { .redis($0, namespace: settings.namespace) } ?? .memory, logger: logger)
        latency = LatencyMonitor(
            backend.redis.map { .redis($0, namespace: settings.namespace) } ?? .memory, limits: settings.latency, logger: logger)
        var trail = settings.audit
        trail.namespace = settings.namespace
        audit = AuditLogger(redis: backend.redis, settings: trail, logger: logger, metrics: registry)
        var watched = settings.health
        watched.namespace = settings.namespace
        // A port that the system chooses is another one after a restart.
        watched.publisher = settings.port == 0 ? watched.publisher : HealthSettings.publisher(port: settings.port)
        health = HealthChecker(redis: backend.redis, settings: watched, audit: audit, localChanges: backend.localChanges, logger: logger)
        alerts = AlertService(
            redis: backend.redis, namespace: settings.namespace, settings: settings.alerts, trail: audit.reader, checker: health,
            logger: logger)
        let report = BackendReport(
            client: client, trail: audit, redisProgram: backend.redis.map { _ in RedisProgram.line(for: settings.redis) })
        let feeds = StreamFeeds(
            changes: backend.changes, audit: audit.reader.stream, local: backend.redis == nil ? nil : backend.localChanges,
            backend: report, latency: latency)
        stream = StreamHub(feeds, maximumStreams: settings.allowedStreams, limits: settings.streams, logger: logger)
        let certificates = try Self.certificates(settings, logger)
        let connections = ConnectionRegister(maximum: settings.maximumConnections, proxies: settings.trustedProxies, logger: logger)
        let served =
            SignalsController(signals, audit: audit).routes + MetricsController(metrics: metrics).routes
            + CustomMetricsController(metrics: metrics).routes + PositionsController(metrics: metrics).routes
            + PerformanceController(performance: performance).routes
            + AuditController(audit: audit, exports: ClientSlots(maximum: settings.limits.maximumExports, spare: 1)).routes
            + LatencyController(latency: latency).routes + HealthServicesController(checker: health).routes
            + AlertsController(log: alerts.log).routes + StreamController(hub: stream).routes
            + HealthController(backend: report, stream: stream).routes
            + PageController(page: Page(chartLibrary: ChartLibrary.read(settings.chartLibraryFile))).routes
            + ExpositionController(
                registry: registry,
                collectors: collectors
                    + Self.collectors(
                        client, performance: performance, audit: audit, latency: latency, health: health, stream: stream,
                        connections: connections, certificates: certificates)
            ).routes
        let contract = ContractController(describing: served, settings: settings, viewer: SwaggerUI.read(settings.swaggerUIFolder))
        routes = RouteTable(served + contract.routes + extraRoutes)
        let limiter = settings.limits.rate.map { rate in
            RateLimiter(
                rate, shared: backend.redis.map { SharedRateLimit($0, namespace: settings.namespace) }, logger: logger)
        }
        let responder = DashboardResponder(
            routes: routes, borders: settings.borders(limiter, isBare: isBare),
            bodies: BodyReader(maximumSize: settings.limits.maximumBodySize), client: client,
            metrics: RequestMetrics(routes, registry))
        let guards: [any Service] = [limiter as (any Service)?, certificates].compactMap { $0 }
        services =
            backend.services + [audit, performance, latency, health, alerts] + guards + [
                Self.server(
                    responder, isBare ? .http1() : Self.bounded(settings, connections, certificates), settings, logger, redis, onListening),
                // After the server: streams end before it waits for the requests that are under way.
                stream,
            ]
        self.registry = registry
        self.settings = settings
        self.logger = logger
    }

    private static func certificates(_ settings: Settings, _ logger: Logger) throws(StartError) -> CertificateStore? {
        guard let files = settings.certificate else { return nil }
        do throws(CertificateStore.Failure) {
            return try CertificateStore(files, logger: logger)
        } catch {
            throw .unusableCertificate(reason: error.problem)
        }
    }

    /// What bounds connections, bytes and time: Hummingbird bounds none of them by itself.
    private static func bounded(
        _ settings: Settings, _ register: ConnectionRegister, _ certificates: CertificateStore?
    ) -> HTTPServerBuilder {
        let limits = settings.connectionLimits
        return HTTPServerBuilder { BoundedChannel(responder: $0, limits: limits, register: register, certificates: certificates) }
    }

    private static func server(
        _ responder: DashboardResponder, _ channels: HTTPServerBuilder, _ settings: Settings, _ logger: Logger, _ redis: RedisClient?,
        _ onListening: @escaping ListeningHook
    ) -> any Service {
        var application = Application(
            responder: responder,
            server: channels,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), backlog: 1024,
                // The register decides; those that it has closed take a moment to go.
                availableConnectionsDelegate: .maximum(settings.maximumConnections + connectionsInPassing, logger: logger)),
            onServerRunning: { channel in
                if let address = channel.localAddress { await onListening(address) }
            },
            logger: logger)
        if let redis { application.beforeServerStarts { try await FirstConnection.check(redis) } }
        return application
    }

    /// Connections that may be open besides, on their way out.
    public static let connectionsInPassing = 128
}
