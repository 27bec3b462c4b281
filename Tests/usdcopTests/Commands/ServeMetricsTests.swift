import Foundation
import RedisTesting
import TestTurns
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("What serve counts", .takesTurns, .timeLimit(.minutes(1)))
struct ServeMetricsTests {
    @Test func `the program counts for every library in it, and shows what only the program knows`() async throws {
        try await Program.withRedis { program, _ in
            let port = try FreePort.find()
            let state = try ScratchDirectory()
            let running = try program.start(
                ["serve"], environment: ["USDCOP_PORT": "\(port)", "USDCOP_STATE_DIR": state.url.path])
            try await running.expect("listens on http://127.0.0.1:\(port)")
            let address = try #require(URL(string: "http://127.0.0.1:\(port)/metrics"))
            let (data, response) = try await URLSession.shared.data(from: address)
            #expect((response as? HTTPURLResponse)?.statusCode == 200)
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
            #expect(lines.contains("usdcop_redis_up 1"))
            #expect(lines.contains("usdcop_log_records_dropped_total 0"))
            #expect(lines.contains { $0.hasPrefix("usdcop_redis_commands_total{") && !$0.hasSuffix(" 0") })
            #expect(lines.contains { $0.hasPrefix("process_start_time_seconds ") })
            running.signal(SIGTERM)
            #expect(try await running.end().status == 0)
        }
    }
}
