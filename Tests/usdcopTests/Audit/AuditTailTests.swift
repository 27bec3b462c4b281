import CacheServices
import Foundation
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@Suite("usdcop audit tail", .takesTurns, .timeLimit(.minutes(2)))
struct AuditTailTests {
    @Test func `it shows the last events, then what comes, as records`() async throws {
        try await Program.withRedis { program, _ async throws in
            try await program.run("audit", "log", "SYSTEM_EVENT", input: AuditCommandTests.events(0..<5))
            let tail = try program.start(["audit", "tail", "-n", "2", "--json", "--count", "1"])
            try await tail.expect("watching")
            try await program.run("audit", "log", "SYSTEM_EVENT", input: AuditCommandTests.events(9..<10))
            let run = try await tail.end()
            #expect(run.status == 0)
            let records = run.lines.compactMap { AuditRecord(line: Array($0.utf8)) }
            #expect(try records.map { try $0.decodedEntry().action } == ["event 3", "event 4", "event 9"])
            #expect(records.allSatisfy { $0.isIntact && $0.streamID != nil })
        }
    }

    @Test func `filters hold, and Ctrl-C is 130`() async throws {
        try await Program.withRedis { program, _ async throws in
            let tail = try program.start(["audit", "tail", "--event-type", "RISK_ALERT"])
            try await tail.expect("watching")
            try await program.run("audit", "log", "SYSTEM_EVENT", input: AuditCommandTests.events(0..<1))
            try await program.run("audit", "log", "RISK_ALERT", input: #"{"type":"X","message":"m"}"#)
            try await tail.expect("RISK_ALERT")
            tail.signal(SIGINT)
            let run = try await tail.end()
            #expect(run.status == 130 && run.lines.count == 1)
        }
    }

    @Test func `it goes on after a restart of Redis, and misses nothing`() async throws {
        try await Program.withRedis { program, redis async throws in
            let tail = try program.start(["audit", "tail", "-n", "0", "--json", "--count", "2"])
            try await tail.expect("watching")
            try await program.run("audit", "log", "SYSTEM_EVENT", input: AuditCommandTests.events(0..<1))
            try await tail.expect("event 0")
            redis.kill()
            try await tail.expect("lost")
            try await redis.start()
            try await program.run("audit", "log", "SYSTEM_EVENT", input: AuditCommandTests.events(1..<2))
            let run = try await tail.end()
            #expect(run.status == 0)
            let records = run.lines.compactMap { AuditRecord(line: Array($0.utf8)) }
            #expect(try records.map { try $0.decodedEntry().action } == ["event 0", "event 1"])
        }
    }
}
