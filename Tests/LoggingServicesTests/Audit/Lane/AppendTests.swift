import CacheServices
import Hiredis
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    @Suite struct AppendTests {
        @Test func `events are chained in the order in which they were given`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
            try await withAudit(on: server.configuration) { audit in
                for number in 1...10 {
                    let receipt = try await audit.log(.system("event \(number)"))
                    #expect(receipt.sequence == number)
                    #expect(receipt.durability == .aofAlways)
                    #expect(receipt.streamID != nil)
                }
            }
            let records = try await trail(on: server)
            #expect(records.actions == (1...10).map { "event \($0)" })
            #expect(records.first?.previous == .zero)
            #expect(records.breaks.isEmpty)
        }

        @Test func `what is stored can be checked with sha256sum`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration) { audit in _ = try await audit.log(.system("día")) }
            let reply = try await server.ask("XRANGE", "usdcop:audit:events", "-", "+")
            let values = try #require(reply.array?.first?.array?[1].array).map { $0.text ?? "" }
            let fields = Dictionary(uniqueKeysWithValues: stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) })
            let parts = ["prev", "writer", "seq", "entry"].compactMap { fields[$0] }
            let sum = try shell("printf '%s\\n%s\\n%s\\n%s' \"$1\" \"$2\" \"$3\" \"$4\" | sha256sum", parts)
            #expect(sum.hasPrefix(fields["hash"] ?? "none"))
        }

        @Test func `callers at once share steps, and the cap holds to the entry`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration, { $0.maximumEvents = 500 }) { audit in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for caller in 0..<64 {
                        group.addTask {
                            for number in 0..<20 { _ = try await audit.log(.system("\(caller):\(number)")) }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(try await server.ask("XLEN", "usdcop:audit:events") == .integer(500))
            #expect(try await trail(on: server).breaks.isEmpty)
            let calls = try await server.commandCalls()
            #expect((calls["evalsha"] ?? 0) < 640, "steps are shared")
        }

        @Test func `a writer that ends in order retires`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration) { audit in
                _ = try await audit.log(.system("one"))
                #expect(try await server.ask("HLEN", "usdcop:audit:writers") == .integer(1))
            }
            #expect(try await server.ask("HLEN", "usdcop:audit:writers") == .integer(0))
        }

        @Test func `an entry of more than 16 KB is refused and leaves no gap`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration) { audit in
                _ = try await audit.log(.system("one"))
                let large = AuditEvent.system("two", metadata: .string(String(repeating: "x", count: 17_000)))
                let error = await #expect(throws: AuditError.self) { try await audit.log(large) }
                #expect(error?.code == .tooLarge)
                #expect(try await audit.log(.system("three")).sequence == 2)
            }
        }

        @Test func `a key of another type is left alone, and nothing is recorded`() async throws {
            let server = try await PrivateRedis.start()
            try await server.ask("SET", "usdcop:audit:writers", "mine")
            try await withAudit(on: server.configuration) { audit in
                let error = await #expect(throws: AuditError.self) { try await audit.log(.system("one")) }
                #expect(error?.code == .dataConflict)
            }
            #expect(try await server.ask("GET", "usdcop:audit:writers").text == "mine")
            #expect(try await server.ask("XLEN", "usdcop:audit:events") == .integer(0))
        }

        @Test func `without Redis the trail lives in the process and says so`() async throws {
            let audit = AuditLogger(redis: nil, settings: AuditSettings(), logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await audit.run() }
                let receipt = try await audit.log(.system("one"))
                #expect(receipt.durability == .none)
                audit.lane.mailbox.close()
                try await group.waitForAll()
                let error = await #expect(throws: AuditError.self) { try await audit.log(.system("late")) }
                #expect(error?.code == .stopped)
            }
        }
    }
}
