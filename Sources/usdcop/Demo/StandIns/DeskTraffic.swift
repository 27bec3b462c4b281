import AsyncHTTPClient
import CacheServices
import HealthServices
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The desk's own requests to the stand-ins: real requests, really measured. Their outages show in the latencies, too.
struct DeskTraffic: Service {
    /// The way from a tick of the market to a price that can be dealt, one request after the other.
    private static let path: [(StandInProfile, OperationName)] = [
        (.websocket, "tick"), (.pipelineAPI, "features"), (.mlAnalytics, "predict"), (.tradingAPI, "quote"),
    ]
    /// Longer than a check of the health waits, so that what is silent is seen to be.
    private static let limit = TimeAmount.milliseconds(2500)

    let standIns: [StandIn]
    let latency: LatencyMonitor
    let seed: UInt64
    /// One for each order of the desk.
    let orders: AsyncStream<Void>

    func run() async {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.repeating("path", every: 0.7) { await self.walk(client) } }
                group.addTask { await self.repeating("ingest", every: 1.5) { _ = await self.request("ingest", of: .pipelineAPI, client) } }
                for await _ in orders { _ = await self.request("place-order", of: .tradingAPI, client) }
                group.cancelAll()
            }
        }
        try? await client.shutdown()
    }

    /// Does something again and again, at times that nobody can foresee.
    ///
    /// - Parameter mean: seconds between two times.
    private func repeating(_ purpose: String, every mean: Double, _ work: () async -> Void) async {
        var random = Xoshiro256(seed: seed, for: "traffic \(purpose)")
        while !Task.isCancelled {
            await work()
            let pause = mean * 0.5 + random.exponential(mean: mean * 0.5)
            try? await Task.sleep(for: .milliseconds(Int(pause * 1000)))
        }
    }

    /// A tick that becomes a quote; the whole is recorded, too.
    private func walk(_ client: HTTPClient) async {
        let start = ContinuousClock.now
        for (profile, operation) in Self.path {
            guard let isDone = await request(operation, of: profile, client) else { return }
            guard isDone else {
                record("desk", "end-to-end", since: start, success: false)
                return
            }
        }
        record("desk", "end-to-end", since: start, success: true)
    }

    /// - Returns: whether it was done; nil when the demo ended meanwhile.
    private func request(_ operation: OperationName, of profile: StandInProfile, _ client: HTTPClient) async -> Bool? {
        guard let standIn = standIns.first(where: { $0.profile.name == profile.name }),
            let path = profile.operations.first(where: { $0.name == operation })?.path
        else { return false }
        let start = ContinuousClock.now
        var isDone = false
        do {
            let response = try await client.execute(HTTPClientRequest(url: standIn.url(path)), deadline: .now() + Self.limit)
            for try await _ in response.body {}
            isDone = response.status.code == 200
        } catch {
            // What fails is recorded as failed.
            isDone = false
        }
        guard !Task.isCancelled else { return nil }
        record(profile.name, operation, since: start, success: isDone)
        return isDone
    }

    private func record(_ service: OperationName, _ operation: OperationName, since start: ContinuousClock.Instant, success: Bool) {
        let latency = start.duration(to: .now) / .milliseconds(1)
        self.latency.recordLatency(service, operation, latencyMS: (latency * 1000).rounded() / 1000, success: success)
    }
}
