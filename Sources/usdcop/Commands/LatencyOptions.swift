import ArgumentParser
import CacheServices
import DashboardServer
import HealthServices

/// How many samples are kept.
struct LatencyOptions: ParsableArguments {
    @Option(name: .variable(ConfigurationTable.latencyMaximumSamples), help: .variable(ConfigurationTable.latencyMaximumSamples, "number"))
    var latencyMaximumSamples: String?

    /// What the command line says, by the names of the variables.
    var flags: [String: String] {
        latencyMaximumSamples.map { [ConfigurationTable.latencyMaximumSamples.name: $0] } ?? [:]
    }
}

extension ConnectionOptions {
    /// Works with a latency monitor; what it has recorded is stored before this returns.
    func withLatency<Value: Sendable>(
        _ options: LatencyOptions, _ body: @escaping @Sendable (LatencyMonitor, CacheTrace) async throws -> Value
    ) async throws -> Value {
        let variables = ConfigurationTable.connection + ConfigurationTable.latency
        return try await withSession(variables, adding: options.flags) { session in
            let settings = session.settings
            let monitor = LatencyMonitor(
                .redis(session.cache.redis, namespace: settings.namespace), limits: settings.latency, logger: session.logger)
            return try await body(monitor, session.trace)
        }
    }
}
