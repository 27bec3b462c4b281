import CoreMetrics
import HTTPTypes
import NIOCore

/// What the server tells swift-metrics: requests by route, method and status, how long they took, and how many are under way.
///
/// The label of a route is its pattern, never a path, and whatever has no route counts as `unmatched`: nothing a client sends becomes a
/// label.
struct RequestMetrics: Sendable {
    private let routes: [String: RouteMetrics]
    private let unmatched: RouteMetrics
    private let inFlight: Meter

    init(_ table: RouteTable, _ factory: any MetricsFactory) {
        routes = Dictionary(table.routes.map { ($0.pattern.text, RouteMetrics(route: $0.pattern.text, factory)) }) { first, _ in first }
        unmatched = RouteMetrics(route: "unmatched", factory)
        inFlight = Meter(label: "usdcop_http_requests_in_flight", factory: factory)
    }

    /// A request begins; what it answers is to be told to ``ended(_:_:status:began:)``.
    func began() -> NIODeadline {
        inFlight.increment()
        return .now()
    }

    /// - Parameter route: nil for a path that has none.
    func ended(_ route: Route?, _ method: HTTPRequest.Method, status: Int, began: NIODeadline) {
        inFlight.decrement()
        let metrics = route.flatMap { routes[$0.pattern.text] } ?? unmatched
        metrics.ended(method, status: status, after: NIODeadline.now() - began)
    }
}
