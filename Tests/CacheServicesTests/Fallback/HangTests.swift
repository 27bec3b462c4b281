@testable import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    @Suite struct HangTests {}
}

extension Live.HangTests {
    @Test func `a server that hangs delays each caller less than two seconds, and then nobody`() async throws {
        let server = try await PrivateRedis.durable()
        defer { server.stop() }
        try await withFallback(server.configuration) { cache async throws in
            try await SignalCache(cache).publish(try .sample())
            server.pause()
            let clock = ContinuousClock()
            try await withThrowingTaskGroup(of: Duration.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        try await clock.measure {
                            if number.isMultiple(of: 2) {
                                _ = try await SignalCache(cache).getLatest()
                            } else {
                                try await SignalCache(cache).publish(try .sample("h\(number)", at: .second(number)))
                            }
                        }
                    }
                }
                for try await time in group { #expect(time < .seconds(2)) }
            }
            #expect(cache.status.mode == .memory)
            let time = try await clock.measure {
                for _ in 0..<1000 { _ = try await SignalCache(cache).getLatest() }
            }
            #expect(time / 1000 < .milliseconds(1))
            server.resume()
            #expect(try await cache.returned() < .seconds(2))
            #expect(cache.status.conflicts == 0)
            let ids = try await SignalCache(cache).getHistory("USDCOP").map(\.signalID)
            #expect(Set(ids).count == 16)
            #expect(ids.count == 16)
        }
    }
}
