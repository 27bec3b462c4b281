import CacheServices
import DashboardServer
import Foundation
import HealthServices
import Hiredis
import Logging
import LoggingServices
import ServiceLifecycle

/// One run of the demo: looks at the namespace, starts the stand-ins, serves, and tidies up.
struct Demo: Sendable {
    let options: DemoOptions
    private(set) var settings: DemoSettings
    let logger: Logger
    let log: LogOutput

    /// Requests that are under way at the end may take so long.
    private static let drainTime = Duration.milliseconds(1500)
    private static let checkInterval = Duration.seconds(5)
    private static let alertSpacing = Duration.seconds(20)
    private static let checkTimeout = Duration.seconds(2)

    var namespace: Namespace { settings.settings.namespace }

    mutating func run() async throws {
        if let problem = settings.settings.logging.fileProblem() {
            throw CommandFailure(.cannotCreate, "The file of --log-file cannot be written: \(problem).")
        }
        let token = UUID().uuidString.lowercased()
        let plan = try await prepare(token)
        let start = DemoStart()
        do {
            if settings.settings.backend != .memory { try settings.directory?.prepare() }
            try await serve(plan, token, start)
        } catch {
            if !start.isReached { await withdraw(plan, token) }
            throw (error as? StartError).map(CommandFailure.init) ?? error
        }
        if options.clean { try await clean(plan, token) }
    }

    /// Looks whose the namespace is, and takes it.
    ///
    /// - Throws: ``CommandFailure`` where the demo must not run.
    private mutating func prepare(_ token: String) async throws -> DemoPlan {
        var standing = DemoNamespace.Standing.away
        if settings.settings.backend != .memory { standing = try await take(token) }
        // The parts of the service that are no cache need to know it from the start, so that they work, too.
        if case .away = standing, !settings.given.contains(ConfigurationTable.cacheBackend.name) {
            Console().note("usdcop: no Redis answers at \(settings.settings.redis): this demo keeps everything in memory")
            settings.settings.backend = .memory
        }
        return DemoPlan(seed: options.seed, speed: options.speed, standing: standing)
    }

    /// Looks whose the namespace is in Redis, and takes its lease.
    private func take(_ token: String) async throws -> DemoNamespace.Standing {
        try await RedisClient.withClient(settings.settings.redis, logger: quietLogger) { client in
            let place = DemoNamespace(client: client, namespace: namespace, token: token)
            let standing: DemoNamespace.Standing
            do throws(RedisError) {
                standing = try await place.standing()
            } catch {
                throw error.server?.kind == .authentication ? CommandFailure(StartError.wrongCredentials) : error
            }
            switch standing {
            case .away:
                // What is in memory now is written when Redis is back.
                let isWrittenLater = settings.given.contains(ConfigurationTable.cacheBackend.name)
                guard !isWrittenLater || namespace.rawValue == DemoOptions.namespace || options.adopt else {
                    throw CommandFailure(
                        .unavailable,
                        "Redis is away, and whether \(namespace) is a demo's cannot be seen without it; --adopt runs nevertheless.")
                }
            case .foreign where !options.adopt:
                throw CommandFailure(
                    .notPermitted,
                    "The namespace \(namespace) has keys that no demo made. Choose another --namespace, or --adopt to run there.")
            case .empty, .demo, .foreign:
                guard try await place.holdSoon() else {
                    throw CommandFailure(.unavailable, "A demo runs in the namespace \(namespace) already.")
                }
                let plan = DemoPlan(seed: options.seed, speed: options.speed, standing: standing)
                try await place.mark(DemoState(seed: plan.seed, step: plan.resumed ?? 0, isOwn: plan.isOwn))
            }
            return standing
        }
    }

    /// An absence at the start is told by the service.
    var quietLogger: Logger {
        var logger = logger
        logger.logLevel = .critical
        return logger
    }

    private func serve(_ plan: DemoPlan, _ token: String, _ start: DemoStart) async throws {
        let outages = OutagePlan(seed: plan.seed)
        let started = ContinuousClock.now
        var standIns: [StandIn] = []
        do {
            for profile in StandInProfile.all + [.alertReceiver] {
                standIns.append(try await StandIn.start(profile, plan: outages, seed: plan.seed, since: started))
            }
        } catch {
            throw CommandFailure(.unavailable, "A stand-in cannot listen on a port of 127.0.0.1: \(error)")
        }
        try await serve(plan, token, start, standIns)
        for standIn in standIns { await standIn.stop() }
    }

    private func serve(_ plan: DemoPlan, _ token: String, _ start: DemoStart, _ standIns: [StandIn]) async throws {
        var settings = settings.settings
        for standIn in standIns {
            guard standIn.profile.name != StandInProfile.alertReceiver.name else {
                settings.alerts.spacing = Self.alertSpacing
                settings.alerts.webhooks = [try WebhookURL(standIn.url("/alerts"))]
                continue
            }
            let url = try ProbeURL(standIn.url())
            settings.health.services.append(
                try ServiceConfig(name: standIn.profile.name, url: url, checkInterval: Self.checkInterval, timeout: Self.checkTimeout))
        }
        let registry = MetricsRegistry()
        registry.bootstrap()
        let greeting = DemoGreeting(plan: plan, settings: self.settings)
        let service = try DashboardService(
            settings: settings, logger: logger, registry: registry, collectors: [log.metrics]
        ) { address in
            start.reach()
            try? Console().write(greeting.text(address))
        }
        let (orders, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(10))
        let traffic = DeskTraffic(standIns: standIns, latency: service.latency, seed: plan.seed, orders: orders)
        let line = DemoStatusLine()
        let runner = DemoRunner(plan: plan, service: service, orders: continuation, onStep: { line.show($0) }, logger: logger)
        let lease = service.redis.map {
            DemoLease(namespace: DemoNamespace(client: $0, namespace: namespace, token: token), logger: logger)
        }
        defer { line.clear() }
        let countdown = options.duration.map(Countdown.init)
        let companions: [(any Service)?] = [lease, traffic, runner, countdown]
        try await service.run(with: companions.compactMap(\.self), drainTime: Self.drainTime)
    }
}
