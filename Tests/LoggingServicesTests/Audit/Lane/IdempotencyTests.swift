import CacheServices
import Hiredis
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    @Suite struct IdempotencyTests {
        private func key(_ text: String, _ request: String = "body") throws -> IdempotencyKey {
            try IdempotencyKey(text, owner: "desk", request: Array(request.utf8))
        }

        @Test func `a repeat gets the first answer, from the same process and from another one`() async throws {
            let server = try await PrivateRedis.start()
            let key = try key("order-1")
            let first = try await withAudit(on: server.configuration) { audit in
                let first = try await audit.log(.system("once"), idempotency: key)
                let second = try await audit.log(.system("once"), idempotency: key)
                #expect(!first.isRepeat)
                #expect(second.isRepeat)
                #expect(second.entry == first.entry)
                return first
            }
            try await withAudit(on: server.configuration) { audit in
                _ = try await audit.log(.system("before"))
                let again = try await audit.log(.system("once"), idempotency: key)
                #expect(again.isRepeat)
                #expect(again.entry == first.entry)
                #expect(again.streamID == first.streamID)
                // The place in the chain that the repeat did not take is taken by the next.
                #expect(try await audit.log(.system("after")).sequence == 2)
            }
            let records = try await trail(on: server)
            #expect(records.actions == ["once", "before", "after"])
            #expect(records.breaks.isEmpty)
        }

        @Test func `the same key with another request is a conflict everywhere`() async throws {
            let server = try await PrivateRedis.start()
            let (key, other) = (try key("order-1"), try key("order-1", "another body"))
            for _ in 0..<2 {
                try await withAudit(on: server.configuration) { audit in
                    _ = try await audit.log(.system("once"), idempotency: key)
                    let error = await #expect(throws: AuditError.self) { try await audit.log(.system("twice"), idempotency: other) }
                    #expect(error?.code == .idempotencyConflict)
                }
            }
            #expect(try await trail(on: server).actions == ["once"])
        }

        @Test func `many at once with one key, through two processes, make one event among the others`() async throws {
            let server = try await PrivateRedis.start()
            let key = try key("order-1")
            try await withAudit(on: server.configuration) { one in
                try await withAudit(on: server.configuration) { two in
                    let receipts = try await withThrowingTaskGroup(of: AuditReceipt?.self) { group in
                        for number in 0..<40 {
                            let audit = number.isMultiple(of: 2) ? one : two
                            group.addTask { try await audit.log(.system("once"), idempotency: key) }
                            group.addTask {
                                _ = try await audit.log(.system("other \(number)"))
                                return nil
                            }
                        }
                        return try await group.reduce(into: [AuditReceipt]()) { if let receipt = $1 { $0.append(receipt) } }
                    }
                    #expect(receipts.count { !$0.isRepeat } == 1)
                    #expect(Set(receipts.map(\.entry.auditID)).count == 1)
                }
            }
            let records = try await trail(on: server)
            #expect(records.count == 41)
            #expect(records.breaks.isEmpty)
        }

        @Test func `what is remembered can be read with redis-cli and goes after a day`() async throws {
            let server = try await PrivateRedis.start()
            let key = try key("order-1")
            try await withAudit(on: server.configuration) { audit in _ = try await audit.log(.system("once"), idempotency: key) }
            let name = "usdcop:audit:idempotency:\(key.key)"
            let text = try #require(try await server.ask("GET", .text(name)).text)
            #expect(text.hasPrefix("\(key.fingerprint) "))
            let left = try #require(try await server.ask("TTL", .text(name)).integer)
            #expect((86_390...86_400).contains(left))
        }

        @Test func `a key of an event that only the journal has is known after a restart`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes")
            let state = try ScratchDirectory()
            let (key, other) = (try key("order-1"), try key("order-1", "another body"))
            let first = try await withAudit(on: server.configuration, state: state.url) { audit in
                _ = try await audit.log(.system("before"))
                server.kill()
                return try await audit.log(.system("once"), idempotency: key)
            }
            #expect(first.durability == .spooled)
            // The next process starts while Redis is still away.
            try await withAudit(on: server.configuration, state: state.url) { audit in
                let again = try await audit.log(.system("once"), idempotency: key)
                #expect(again.isRepeat && again.entry == first.entry)
                let error = await #expect(throws: AuditError.self) { try await audit.log(.system("twice"), idempotency: other) }
                #expect(error?.code == .idempotencyConflict)
                try await server.start()
                try await eventually { try await trail(on: server).count == 2 }
            }
            #expect(try await trail(on: server).actions == ["before", "once"])
        }

        @Test func `a repeat of what was trimmed names the entry that was recorded`() async throws {
            let server = try await PrivateRedis.start()
            let key = try key("order-1")
            let first = try await withAudit(on: server.configuration) { try await $0.log(.system("once"), idempotency: key) }
            try await server.ask("XTRIM", "usdcop:audit:events", "MAXLEN", "0")
            try await withAudit(on: server.configuration) { audit in
                let again = try await audit.log(.system("once"), idempotency: key)
                #expect(again.isRepeat && again.streamID == nil)
                #expect(again.entry == first.entry)
            }
        }

        @Test func `one key twice in one step makes one event`() async throws {
            let server = try await PrivateRedis.start()
            let key = try key("order-1")
            try await withAudit(on: server.configuration) { audit in
                server.pause()
                // Past the table of the process, as two lanes' retries would be.
                async let held = audit.log(.system("first in line"))
                try await eventually { await audit.lane.chain.sequence == 1 }
                let entry = AuditEvent.system("once").entry()
                async let one = audit.submit(entry, .entry(entry.json), key)
                async let two = audit.submit(entry, .entry(entry.json), key)
                server.resume()
                _ = try await (held, one, two)
            }
            #expect(try await trail(on: server).actions == ["first in line", "once"])
        }
    }
}
