import CacheServices
import Logging
import NIOCore
import RedisTesting
import Testing

@testable import DashboardServer

@Suite("Ids of requests in the log", .timeLimit(.minutes(1)))
struct RequestIDTests {
    @Test func `whatever a route logs on its way carries the id of its request`() async throws {
        var settings = Settings()
        settings.backend = .memory
        settings.port = 0
        let route = Route(
            "/who",
            .get(nil) { _ in
                // A room below knows nothing of requests; its task does, across every wait.
                await Task.yield()
                return Answer(JSONValue.object(Logger.MetadataProvider.currentRequest.get().map { .init($0.key, .string("\($0.value)")) }))
            })
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let service = try DashboardService(settings: settings, logger: .silent, extraRoutes: [route]) { listening.yield($0.port ?? 0) }
        #expect(Logger.MetadataProvider.currentRequest.get().isEmpty)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run(signals: []) }
            let port = await ports.first { _ in true } ?? 0
            for id in ["a", "b"] {
                let reply = try await RawConnection.open(port: port) { (connection) async throws in
                    try await connection.send("GET /who HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: \(id)\r\n\r\n")
                    return try await connection.reply()
                }
                #expect(reply?.json == ["request_id": .string(id)])
            }
            group.cancelAll()
        }
    }
}
