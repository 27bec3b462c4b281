import CacheServices

@testable import DashboardServer

/// A route that answers when the test says so.
struct SlowRoute: Sendable {
    private let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation
    private let releases: AsyncStream<Void>
    private let released: AsyncStream<Void>.Continuation

    init() {
        (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        (releases, released) = AsyncStream.makeStream(of: Void.self)
    }

    var route: Route {
        Route(
            "/slow",
            .get(nil) { _ in
                arrived.yield()
                for await _ in releases { break }
                return Answer(["done": true])
            })
    }

    /// Waits for a request.
    func arrival() async { _ = await arrivals.first { _ in true } }

    /// Lets a request go on.
    func release() { released.yield() }
}
