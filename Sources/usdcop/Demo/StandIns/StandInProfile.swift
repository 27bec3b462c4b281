import CacheServices

/// What a service is like that the demo stands in for.
struct StandInProfile: Sendable {
    /// Something that it does, and how long that takes on a good day: log-normal, as such times are.
    struct Operation: Sendable {
        let name: OperationName
        let path: String
        /// In milliseconds.
        let median: Double
        /// The deviation of the logarithm.
        let sigma: Double
    }

    let name: OperationName
    let version: String
    /// How long the health check takes; a little more than nothing, on the same machinery as everything else.
    let health: Operation
    let operations: [Operation]
    /// Requests in a minute that it reports in a quiet market.
    let requestsPerMinute: Double
    /// Megabytes that it reports right after its start.
    let memoryMB: Double

    /// Everything that has a path.
    func operation(at path: String) -> Operation? {
        path == health.path ? health : operations.first { $0.path == path }
    }
}

extension StandInProfile {
    static let tradingAPI = StandInProfile(
        name: "trading-api", version: "2.8.1", health: Operation(name: "health", path: "/health", median: 14, sigma: 0.3),
        operations: [
            Operation(name: "quote", path: "/quote", median: 12, sigma: 0.35),
            Operation(name: "place-order", path: "/orders", median: 48, sigma: 0.45),
        ], requestsPerMinute: 420, memoryMB: 312)

    static let mlAnalytics = StandInProfile(
        name: "ml-analytics", version: "1.14.0", health: Operation(name: "health", path: "/health", median: 38, sigma: 0.35),
        operations: [Operation(name: "predict", path: "/predict", median: 85, sigma: 0.4)], requestsPerMinute: 130, memoryMB: 1480)

    static let pipelineAPI = StandInProfile(
        name: "pipeline-api", version: "3.2.5", health: Operation(name: "health", path: "/health", median: 22, sigma: 0.3),
        operations: [
            Operation(name: "features", path: "/features", median: 31, sigma: 0.4),
            Operation(name: "ingest", path: "/ingest", median: 18, sigma: 0.5),
        ], requestsPerMinute: 260, memoryMB: 640)

    static let websocket = StandInProfile(
        name: "websocket", version: "1.6.3", health: Operation(name: "health", path: "/health", median: 7, sigma: 0.35),
        operations: [Operation(name: "tick", path: "/tick", median: 5, sigma: 0.5)], requestsPerMinute: 1900, memoryMB: 188)

    /// Where alerts are posted: what a chat or a pager would be. Nobody watches it.
    static let alertReceiver = StandInProfile(
        name: "alert-receiver", version: "1.0.0", health: Operation(name: "health", path: "/health", median: 5, sigma: 0.2),
        operations: [Operation(name: "alert", path: "/alerts", median: 60, sigma: 0.4)], requestsPerMinute: 1, memoryMB: 40)

    /// The seed's four services of HTTP, in the order of the list of services.
    static let all = [tradingAPI, mlAnalytics, pipelineAPI, websocket]
}
