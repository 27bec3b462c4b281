import NIOCore
import NIOPosix

/// Checks whether somebody listens: opens a connection and closes it.
struct TCPProbe: HealthProbe {
    private let host: String
    private let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    func check(within limit: Duration) async -> HealthCheckResult {
        let start = ContinuousClock.now
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(limit))
                .connect(host: host, port: port).get()
            let latency = start.duration(to: .now)
            try? await channel.close()
            return HealthCheckResult(success: true, latency: latency)
        } catch {
            return .failure(ConnectionFailure.sentence(error), after: start.duration(to: .now))
        }
    }
}
