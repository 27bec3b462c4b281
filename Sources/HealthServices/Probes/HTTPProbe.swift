import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// Checks a service over HTTP: a GET that must be answered by 2xx.
///
/// Redirects are not followed, so that an answer cannot send the check anywhere else. Of the body at most 64 KB are read, and nothing of it
/// is repeated anywhere but two figures that services report of themselves. Every check has a connection of its own: one that is kept open
/// would not notice that the service takes no new ones.
struct HTTPProbe: HealthProbe {
    /// What is read of a body.
    static let longestBody = 64 * 1024

    private let url: String
    private let credentials: (user: String, password: String)?

    init(url: String, credentials: (user: String, password: String)? = nil) {
        self.url = url
        self.credentials = credentials
    }

    func check(within limit: Duration) async -> HealthCheckResult {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.timeout = .init(connect: TimeAmount(limit))
        // A refused connection is an answer, and not a reason to ask again until the time is over.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
        let result = await check(client, within: limit)
        try? await client.shutdown()
        return result
    }

    private func check(_ client: HTTPClient, within limit: Duration) async -> HealthCheckResult {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/json, */*;q=0.1")
        request.headers.add(name: "User-Agent", value: "usdcop-health")
        request.headers.add(name: "Connection", value: "close")
        if let credentials { request.setBasicAuth(username: credentials.user, password: credentials.password) }
        let start = ContinuousClock.now
        do {
            let response = try await client.execute(request, deadline: .now() + TimeAmount(limit))
            let status = response.status.code
            guard (200...299).contains(status) else {
                return HealthCheckResult(
                    success: false, latency: start.duration(to: .now), error: "The service answered \(status).",
                    metadata: ["http_status": "\(status)"])
            }
            var body: [UInt8] = []
            var isCut = false
            for try await piece in response.body {
                guard body.count + piece.readableBytes <= Self.longestBody else {
                    isCut = true
                    break
                }
                body.append(contentsOf: piece.readableBytesView)
            }
            let report = isCut ? ServiceReport() : ServiceReport(body: body)
            return HealthCheckResult(
                success: true, latency: start.duration(to: .now),
                metadata: isCut ? ["http_status": "\(status)", "body": "cut"] : ["http_status": "\(status)"],
                requestsPerMinute: report.requestsPerMinute, memoryUsageMB: report.memoryUsageMB)
        } catch {
            return .failure(ConnectionFailure.sentence(error), after: start.duration(to: .now))
        }
    }
}
