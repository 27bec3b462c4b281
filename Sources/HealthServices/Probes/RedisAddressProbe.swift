import Hiredis
import Logging

/// Checks another Redis than our own: connects, logs in, and sends one PING.
struct RedisAddressProbe: HealthProbe {
    private let configuration: RedisConfiguration

    init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
    }

    func check(within limit: Duration) async -> HealthCheckResult {
        let start = ContinuousClock.now
        var configuration = configuration
        configuration.connectTimeout = limit
        do {
            let client = RedisClient(configuration: configuration, logger: Logger(label: "usdcop.probe") { _ in SwiftLogNoOpLogHandler() })
            let reply = try await client.withDedicatedConnection {
                try await $0.reply(to: RedisCommand("PING", access: .read), timeout: limit)
            }
            let latency = start.duration(to: .now)
            guard case .error(let error) = reply else { return HealthCheckResult(success: true, latency: latency) }
            return .failure("Redis refuses (\(error.code)).", after: latency)
        } catch {
            return .failure((error as? RedisError)?.message ?? "The check was ended.", after: start.duration(to: .now))
        }
    }
}
