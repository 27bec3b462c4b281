import RedisTesting
import Testing

@testable import DashboardServer

/// Runs one service for a whole suite, whose tests come one after the other.
struct SharedService: SuiteTrait, TestScoping {
    let configure: @Sendable (inout Settings) -> Void

    @TaskLocal static var current: RunningService?

    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        try await RunningService.with(configure) { service in
            try await Self.$current.withValue(service) { try await function() }
        }
    }

    /// The suite's service on an empty Redis.
    static func empty() async throws -> RunningService {
        let service = try #require(current)
        try await service.redis.ask("FLUSHALL")
        return service
    }
}

extension Trait where Self == SharedService {
    static var sharedService: Self { SharedService { _ in } }

    static func sharedService(_ configure: @escaping @Sendable (inout Settings) -> Void) -> Self { SharedService(configure: configure) }
}
