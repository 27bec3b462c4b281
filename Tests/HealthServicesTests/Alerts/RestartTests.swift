import Foundation
import Hiredis
import NIOCore
import NIOPosix
import RedisTesting
import Testing

@testable import HealthServices

extension LiveAlerts {
    /// With the program as it is built, because only a process can be killed.
    @Suite("A process that dies", .timeLimit(.minutes(2)))
    struct RestartTests {
        private final class Serving: Sendable {
            private let process: Process

            init(_ redis: PrivateRedis, webhook port: Int) async throws {
                let process = Process()
                // Beside the test bundle lies what was built with it.
                process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
                    .appendingPathComponent("usdcop")
                process.arguments = ["serve", "--port", "0"]
                process.environment = [
                    "REDIS_URL": redis.url, "PATH": "/usr/bin:/bin", "USDCOP_STATE_DIR": redis.directory.path,
                    "USDCOP_ALERT_WEBHOOKS": "http://127.0.0.1:\(port)/", "USDCOP_ALERT_SPACING": "0s",
                ]
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try await MultiThreadedEventLoopGroup.singleton.any().submit { try process.run() }.get()
                self.process = process
            }

            func kill() {
                Foundation.kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }

            deinit { if process.isRunning { kill() } }
        }

        @Test func `killed between telling and recording, the next one tells again under the same identity`() async throws {
            let redis = try await PrivateRedis.start("--appendonly", "yes")
            // The alert has arrived, but Redis is gone: that it was told cannot be recorded.
            let sink = WebhookSink { [redis] number, _ in
                if number == 0 { redis.crash() }
                return .status(200)
            }
            let port = try await sink.start()
            try await redis.addAlert("trading-api:1")
            let first = try await Serving(redis, webhook: port)
            try await eventually(within: .seconds(30)) { sink.requests.count == 1 }
            first.kill()
            redis.kill()
            try await redis.start()
            #expect(try await redis.deliveries().isEmpty)
            let second = try await Serving(redis, webhook: port)
            try await eventually(within: .seconds(30)) { try await redis.deliveries().count == 1 }
            try await redis.addAlert("trading-api:2", to: "healthy")
            try await eventually { try await redis.deliveries().count == 2 }
            second.kill()
            #expect(sink.requests.map(\.key) == ["trading-api:1", "trading-api:1", "trading-api:2"])
            let third = try await Serving(redis, webhook: port)
            try await redis.addAlert("trading-api:3")
            try await eventually(within: .seconds(30)) { try await redis.deliveries().count == 3 }
            third.kill()
            #expect(sink.requests.count == 4)
        }
    }
}
