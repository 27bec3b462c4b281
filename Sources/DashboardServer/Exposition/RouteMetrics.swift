import CoreMetrics
import HTTPTypes
import NIOCore
import Synchronization

/// The handles of one route, each made at its first use: at most one for each method and status.
final class RouteMetrics: Sendable {
    private struct Key: Hashable {
        let method: Method
        let status: Int
    }

    /// The methods that are told apart; a client can send any word.
    private enum Method: String, Hashable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
        case other

        init(_ method: HTTPRequest.Method) { self = Method(rawValue: method.rawValue) ?? .other }
    }

    private let route: String
    private let factory: any MetricsFactory
    private let handles = Mutex<[Key: (requests: Counter, duration: Timer)]>([:])

    init(route: String, _ factory: any MetricsFactory) {
        self.route = route
        self.factory = factory
    }

    func ended(_ method: HTTPRequest.Method, status: Int, after time: TimeAmount) {
        let key = Key(method: Method(method), status: status)
        let (requests, duration) = handles.withLock { handles in
            if let found = handles[key] { return found }
            let dimensions = [("route", route), ("method", key.method.rawValue)]
            // Statuses of one method share the series of its durations: the factory answers the same one again.
            let made = (
                requests: Counter(
                    label: "usdcop_http_requests_total", dimensions: dimensions + [("status", String(status))], factory: factory),
                duration: Timer(label: "usdcop_http_request_duration_seconds", dimensions: dimensions, factory: factory)
            )
            handles[key] = made
            return made
        }
        requests.increment()
        duration.recordNanoseconds(time.nanoseconds)
    }
}
