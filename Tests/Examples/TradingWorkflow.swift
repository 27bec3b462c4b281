import CacheServices
import Foundation
import HealthServices
import Hiredis
import Logging
import LoggingServices
import ServiceLifecycle
import UnixSignals

/// The seed's complete trading workflow on the real services:
/// signal → cache → audit → execution → position → metrics → latency → health.
///
///     ./scripts/with-redis swift run trading-workflow
@main
struct TradingWorkflow: Service {
    let signals: SignalCache
    let metrics: MetricsCache
    let audit: AuditLogger
    let performance: PerformanceLogger
    let latency: LatencyMonitor
    let health: HealthChecker
    let logger: StructuredLogger

    static func main() async throws {
        let log = LoggingSettings().bootstrap()
        let logger = Logger(label: "trading-workflow")
        let address = ProcessInfo.processInfo.environment["REDIS_URL"] ?? "redis://127.0.0.1:6379/0"
        let redis = RedisClient(configuration: try RedisConfiguration(url: address), logger: logger)
        let cache = RedisCacheClient(redis)
        let audit = AuditLogger(redis: redis, settings: AuditSettings(), logger: logger)
        let workflow = TradingWorkflow(
            signals: SignalCache(cache), metrics: MetricsCache(cache), audit: audit,
            performance: PerformanceLogger(.redis(redis), logger: logger), latency: LatencyMonitor(.redis(redis), logger: logger),
            health: HealthChecker(redis: redis, settings: HealthSettings(), audit: audit, logger: logger),
            logger: StructuredLogger(logger))

        // They start in this order and end in reverse: what the workflow recorded is stored before the connection goes.
        let services: [any Service] = [redis, audit, workflow.performance, workflow.latency, workflow.health]
        var group = ServiceGroupConfiguration(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.services.append(
            .init(
                service: workflow, successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup))
        try await ServiceGroup(configuration: group).run()
        await log.flush()
    }

    func run() async throws {
        // The venue is watched from now on; the check is our own.
        try await health.registerService(
            ServiceConfig(name: "venue", checkInterval: .seconds(10)) {
                HealthCheckResult(success: true, latency: .zero, metadata: ["session": "open"])
            })
        try await performance.measure("process_signal", metadata: ["symbol": "USDCOP"]) { try await process(decide()) }

        // Reading a status never waits for a check; the monitor makes the first one at once.
        var venue = await health.getServiceHealth("venue")
        while venue?.lastCheck == nil {
            try await Task.sleep(for: .milliseconds(20))
            venue = await health.getServiceHealth("venue")
        }
        logger.info("Venue was checked", ["service": "venue"], metadata: ["status": "\(venue?.status.rawValue ?? "unknown")"])
    }

    /// What a model would say.
    private func decide() throws -> Signal {
        try Signal(
            signalID: "sig_\(UUID().uuidString.prefix(8))", timestamp: .now, symbol: "USDCOP", action: .buy, confidence: 0.85,
            price: 4250.50,
            features: ["rsi": 45, "macd": 1.2], modelVersion: "v1.0", executionLatencyMS: 45)
    }

    private func process(_ signal: Signal) async throws {
        let logger = logger.child(["symbol": "\(signal.symbol)", "signal_id": "\(signal.signalID)"])

        // Cache and audit: the signal and its event in one atomic step.
        let published = try await audit.publish(signal, event: .signalGenerated(signal), cache: signals)
        logger.info("Signal published", metadata: ["durability": "\(published.receipt?.durability.rawValue ?? "recorded before")"])

        // Execution, and how long the venue took.
        let began = ContinuousClock.now
        let execution = try await deal(signal, quantity: 100_000)
        let took = began.duration(to: .now) / .milliseconds(1)
        latency.recordLatency("venue", "execute_trade", latencyMS: took, success: execution.status == "filled")
        try await audit.logSignalExecuted(signal, execution: execution)

        // Position
        let position = try Position(
            positionID: "pos_\(signal.signalID)", symbol: signal.symbol, entryPrice: execution.price, currentPrice: signal.price,
            quantity: execution.quantity, pnl: (signal.price - execution.price) * execution.quantity,
            pnlPercent: (signal.price / execution.price - 1) * 100, entryTime: execution.timestamp, status: .open)
        try await metrics.setPosition(position.symbol, position)
        try await audit.logPositionOpened(position)

        // Metrics: figures that others keep stay as they are.
        let totals = try await metrics.getAggregatePositionMetrics()
        try await metrics.updateMetricSnapshot(
            FinancialMetricsUpdate(totalPnL: totals.totalPnL, activePositions: totals.totalPositions))
        logger.info("Position opened", metadata: ["total_pnl": "\(totals.totalPnL)", "active_positions": "\(totals.totalPositions)"])
    }

    /// What a venue would answer: filled, a quarter of a peso worse than asked.
    private func deal(_ signal: Signal, quantity: Double) async throws -> SignalExecution {
        try await Task.sleep(for: .milliseconds(20))
        return try SignalExecution(
            executionID: "exec_\(signal.signalID)", price: signal.price + 0.25, quantity: quantity, status: "filled", timestamp: .now)
    }
}
