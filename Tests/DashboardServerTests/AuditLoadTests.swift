import CacheServices
import Foundation
import Hiredis
import LoggingServices
import RedisTesting
import Synchronization
import TestTurns
import Testing

@testable import DashboardServer

/// The trail over HTTP while Redis, or the disk, fails under load.
@Suite(.takesTurns, .serialized, .timeLimit(.minutes(5)))
struct AuditLoadTests {
    private static let route = "/api/audit/signals"
    private static let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"

    /// What callers were told.
    private final class Told: Sendable {
        private let kept = Mutex<(events: [String], statuses: [Int: Int], slowest: Duration)>(([], [:], .zero))

        var events: [String] { kept.withLock { $0.events } }
        var statuses: [Int: Int] { kept.withLock { $0.statuses } }
        var slowest: Duration { kept.withLock { $0.slowest } }

        func note(_ event: String, _ status: Int, _ time: Duration) {
            kept.withLock { kept in
                if status < 300 { kept.events.append(event) }
                kept.statuses[status, default: 0] += 1
                kept.slowest = max(kept.slowest, time)
            }
        }
    }

    private final class Flag: Sendable {
        private let kept = Mutex(false)
        var isSet: Bool { kept.withLock { $0 } }
        func set() { kept.withLock { $0 = true } }
    }

    /// Callers that record one event after another, and now and then a signal with its event, while something is done to Redis.
    private static func load(
        _ service: RunningService, _ told: Told, callers: Int = 8, during work: @Sendable () async throws -> Void
    ) async throws {
        // Nobody is cancelled: every request that was begun is answered and counted.
        let isOver = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var number = 0
                    while !isOver.isSet {
                        let isSignal = number % 5 == 4
                        let name = "\(caller):\(number)"
                        let body = """
                            {"event_type": "SYSTEM_EVENT", "data": {"event": "\(name)"}}
                            """
                        let time = String(format: "2025-01-15T%02d:%02d:%02dZ", caller, number / 60 % 60, number % 60)
                        let signal = #"{"audit": true, "signal": \#(Samples.signal(name, at: time))}"#
                        let start = ContinuousClock.now
                        let reply =
                            isSignal
                            ? try await service.send("POST", "/api/cache/signals", signal)
                            : try await service.send("POST", Self.route, body)
                        told.note(name, reply.status, start.duration(to: .now))
                        number += 1
                    }
                }
            }
            do {
                try await work()
            } catch {
                isOver.set()
                try? await group.waitForAll()
                throw error
            }
            isOver.set()
            try await group.waitForAll()
        }
    }

    private static func recorded(_ service: RunningService) async throws -> [String] {
        let export = try await service.get("\(route)?type=export&format=ndjson")
        let records = try export.body.split(separator: 0x0a).map { try #require(AuditRecord(line: $0)).decodedEntry() }
        return records.map { $0.metadata?["signal_id"]?.text ?? $0.action }
    }

    @Test(arguments: [isSoak ? 10.0 : 1.5])
    func `Redis is down under load: every event is answered 202 in time and is there afterwards, once and in order`(seconds: Double)
        async throws
    {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-load-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: directory) }
        let redis = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
        let told = Told()
        try await RunningService.with(redis: redis) {
            $0.audit.stateDirectory = directory
            $0.audit.maximumEvents = 10_000_000
        } _: { (service) async throws in
            try await Self.load(service, told) {
                try await eventually { told.statuses[201, default: 0] > 50 }
                redis.kill()
                let end = ContinuousClock.now + .seconds(seconds)
                try await eventually(within: .seconds(seconds + 10)) { ContinuousClock.now > end && told.statuses[202, default: 0] > 50 }
                try await redis.start()
                let before = told.statuses[201, default: 0]
                try await eventually { told.statuses[201, default: 0] > before + 50 }
            }
            try await eventually { try await Set(Self.recorded(service)).isSuperset(of: told.events) }
            let actions = try await Self.recorded(service)
            #expect(Set(actions).count == actions.count, "nothing twice")
            var last: [Substring: Int] = [:]
            for parts in actions.map({ $0.split(separator: ":") }) where parts.count == 2 {
                let number = try #require(Int(parts[1]))
                #expect(number > last[parts[0], default: -1], "in the order of each caller")
                last[parts[0]] = number
            }
            #expect(Set(told.statuses.keys) == [201, 202])
            #expect(told.slowest < .seconds(2))
            let verdict = try await service.get("\(Self.route)?type=verify")
            #expect(verdict.json["is_sound"] == true, "\(verdict.text)")
        }
    }

    @Test func `the disk is full while Redis is away: 503 says so, and all goes on when Redis is back`() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-full-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: directory) }
        let body = #"{"event_type": "SYSTEM_EVENT", "data": {"event": "one"}}"#
        try await RunningService.with {
            $0.audit.stateDirectory = directory
        } _: { (service) async throws in
            let journal = directory.appendingPathComponent("audit/usdcop/journal")
            func locks() -> [String] {
                ((try? FileManager.default.contentsOfDirectory(atPath: journal.path)) ?? []).filter { $0.hasSuffix(".lock") }
            }
            try await eventually { !locks().isEmpty }
            let writer = try #require(locks().first).dropLast(".lock".count)
            // Where the journal is to be, the kernel answers every write with ENOSPC.
            try FileManager.default.createSymbolicLink(
                atPath: journal.appendingPathComponent("\(writer).\(Timestamp.now.iso8601.prefix(10)).ndjson").path,
                withDestinationPath: "/dev/full")
            #expect(try await service.send("POST", Self.route, body).status == 201)
            service.redis.kill()
            let refused = try await service.send("POST", Self.route, body)
            #expect(refused.status == 503)
            #expect(refused.code == "audit_disk_failing" || refused.code == "redis_no_answer")
            let again = try await service.send("POST", Self.route, body)
            #expect(again.status == 503 && again.code == "audit_disk_failing" && again.json["outcome"] == "not_recorded")
            #expect(try await service.get("/livez").status == 200)
            try await service.redis.start()
            try await eventually { try await service.send("POST", Self.route, body).status == 201 }
        }
    }

    @Test func `an export that fails half-way is a line of the log with the id of its request`() async throws {
        try await RunningService.with { (service) async throws in
            try await service.fillTrail()
            try await RawConnection.open(port: service.port) { connection in
                let head = "GET \(Self.route)?type=export HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: half-way\r\n\r\n"
                try await connection.send(Array(head.utf8))
                try await connection.receiveSome()
                // The rest of it waits for this client, while Redis goes away for good.
                service.redis.kill()
                try await connection.drain()
            }
            try await eventually {
                service.log.records.contains {
                    $0.message == "a request failed" && $0.metadata["request_id"] == "half-way"
                        && $0.metadata["code"]?.hasPrefix("redis_") == true
                }
            }
        }
    }
}
