import CacheServices
import Foundation
import Hiredis
import NIOPosix
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    /// Faults of Redis that are no outage.
    @Suite struct LaneFaultTests {
        private static let writers = RedisArgument.text("usdcop:audit:writers")

        @Test(arguments: ["99999999999999999999 1-0 ab", "-5 1-0 ab", "9007199254740993 1-0 ab", "nonsense"])
        func `a damaged state of the writer ends its chain and not the process`(state: String) async throws {
            let server = try await PrivateRedis.start()
            let scratch = try ScratchDirectory()
            // Without a signer, which would prune a writer whose last event was so long ago.
            try await withAudit(on: server.configuration, state: scratch.url, isLasting: false) { audit in
                let first = try await audit.log(.system("one"))
                try await server.ask("HSET", Self.writers, .text(first.writer.rawValue), .text(state))
                let second = try await audit.log(.system("two"))
                #expect(second.writer != first.writer && second.sequence == 1)
            }
            let records = try await trail(on: server)
            #expect(records.actions == ["one", "two"])
            #expect(records.breaks.isEmpty)
        }

        @Test func `a state that knows less than was acknowledged is a loss that is counted`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration) { audit in
                var last: AuditReceipt?
                for number in 0..<5 { last = try await audit.log(.system("\(number)")) }
                let records = try await trail(on: server)
                let state = "2 \(try #require(records[1].streamID)) \(records[1].hash)"
                try await server.ask("HSET", Self.writers, .text(try #require(last).writer.rawValue), .text(state))
                #expect(try await audit.log(.system("next")).sequence == 2)
            }
            let loss = try #require(try await trail(on: server).dropLast().last?.decodedEntry().metadata)
            #expect(loss["lost"] == 3 && loss["last_sequence"] == 5)
        }

        @Test func `a loss is found at the end of the process too, when no event came after it`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration, isLasting: false) { audit in
                for number in 0..<3 { _ = try await audit.log(.system("\(number)")) }
                try await server.ask("FLUSHALL")
            }
            let records = try await trail(on: server)
            #expect(records.count == 1)
            #expect(try records.first?.decodedEntry().metadata?["lost"] == 3)
            #expect(try await server.ask("HLEN", Self.writers) == .integer(0))
        }

        @Test func `what waits too long for its turn goes to the disk, and from there to Redis after what came before it`() async throws {
            let server = try await PrivateRedis.start()
            let scratch = try ScratchDirectory()
            let mailbox = Mailbox<String>()
            try await withAudit(on: server.configuration, state: scratch.url) { audit in
                _ = try await audit.log(.system("one"))
                let late = LaneSubmission(
                    content: .entry(AuditEvent.system("late").entry().json), idempotency: nil, submitted: .now - .seconds(1)
                ) { mailbox.value = (try? $0.get()).map { "\($0)" } ?? "refused" }
                audit.lane.mailbox.submit(late)
                try await eventually { mailbox.value != nil }
                #expect(mailbox.value?.hasPrefix("spooled") == true)
                try await eventually { await audit.lane.chain.isDelivered }
                #expect(try await audit.log(.system("two")).streamID != nil)
            }
            let records = try await trail(on: server)
            #expect(records.actions == ["one", "late", "two"])
            #expect(records.breaks.isEmpty)
        }

        @Test func `without a journal what waits too long is refused, and nothing of it is recorded`() async throws {
            let server = try await PrivateRedis.start()
            let mailbox = Mailbox<String>()
            try await withAudit(on: server.configuration) { audit in
                let late = LaneSubmission(
                    content: .entry(AuditEvent.system("late").entry().json), idempotency: nil, submitted: .now - .seconds(2)
                ) { answer in
                    if case .failure(let error) = answer { mailbox.value = error.code.rawValue } else { mailbox.value = "recorded" }
                }
                audit.lane.mailbox.submit(late)
                try await eventually { mailbox.value != nil }
                #expect(mailbox.value == "overCapacity")
                _ = try await audit.log(.system("one"))
            }
            #expect(try await trail(on: server).actions == ["one"])
        }

        @Test func `new events are answered while a backlog of publishes is delivered one by one`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
            let scratch = try ScratchDirectory()
            try await withAudit(on: server.configuration, state: scratch.url, isLasting: false) { audit in
                let cache = SignalCache(RedisCacheClient(try #require(audit.store).client, namespace: .standard))
                _ = try await audit.log(.system("begin"))
                server.kill()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<400 {
                        group.addTask {
                            let signal = try Signal.seed("sig-\(number)", second: number)
                            let published = try await audit.publish(signal, event: .signalGenerated(signal), cache: cache)
                            #expect(published.receipt?.durability == .spooled)
                        }
                    }
                    try await group.waitForAll()
                }
                try await server.start()
                var slowest = Duration.zero
                while await !audit.lane.chain.isDelivered {
                    let time = try await ContinuousClock().measure { _ = try await audit.log(.system("meanwhile")) }
                    slowest = max(slowest, time)
                }
                #expect(slowest < .seconds(1))
            }
            let records = try await trail(on: server)
            #expect(records.breaks.isEmpty)
            #expect(records.actions.count { $0 != "begin" && $0 != "meanwhile" } == 400)
        }

        @Test func `a poisoned idempotency key holds up no other event of the journal`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
            let scratch = try ScratchDirectory()
            let key = try IdempotencyKey("order-1", owner: "desk", request: [])
            try await server.ask("LPUSH", .text("usdcop:audit:idempotency:\(key.key)"), "a list")
            try await withAudit(on: server.configuration, state: scratch.url) { audit in
                _ = try await audit.log(.system("one"))
                server.kill()
                #expect(try await audit.log(.system("two")).durability == .spooled)
                #expect(try await audit.log(.system("three"), idempotency: key).durability == .spooled)
                #expect(try await audit.log(.system("four")).durability == .spooled)
                try await server.start()
                try await eventually { await audit.lane.chain.isDelivered }
            }
            let records = try await trail(on: server)
            #expect(records.actions == ["one", "two", "three", "four"])
            #expect(records.breaks.isEmpty)
        }

        @Test func `a user who may add and not remember writes nothing`() async throws {
            let server = try await PrivateRedis.start()
            server.expectRefusals()
            try await server.ask("ACL", "SETUSER", "half", "on", ">secret", "~*", "+@all", "-hset", "-hdel")
            var configuration = server.configuration
            (configuration.user, configuration.password) = ("half", "secret")
            try await withAudit(on: configuration) { audit in
                let error = await #expect(throws: AuditError.self) { try await audit.log(.system("one")) }
                #expect(error?.code == .notRecorded)
            }
            #expect(try await server.ask("XLEN", "usdcop:audit:events") == .integer(0))
        }

        @Test func `an event goes although its caller was cancelled`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration) { audit in
                _ = try await audit.log(.system("one"))
                server.pause()
                let calling = Task { _ = try? await audit.log(.system("cancelled")) }
                try await eventually { await audit.lane.chain.sequence == 2 }
                calling.cancel()
                server.resume()
                await calling.value
                _ = try await audit.log(.system("two"))
            }
            #expect(try await trail(on: server).actions == ["one", "cancelled", "two"])
        }

        @Test func `a process that may not shrink the trail is refused, and the trail is as long as before`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration) { audit in
                for number in 0..<20 { _ = try await audit.log(.system("\(number)")) }
            }
            try await withAudit(on: server.configuration, isLasting: false, { ($0.maximumEvents, $0.mayShrink) = (10, false) }) { audit in
                let error = await #expect(throws: AuditError.self) { try await audit.log(.system("small")) }
                #expect(error?.code == .misconfigured)
            }
            #expect(try await server.ask("XLEN", "usdcop:audit:events") == .integer(20))
            try await withAudit(on: server.configuration, { $0.maximumEvents = 10 }) { _ = try await $0.log(.system("meant")) }
            #expect(try await server.ask("XLEN", "usdcop:audit:events") == .integer(10))
            try await withAudit(on: server.configuration, isLasting: false, { ($0.maximumEvents, $0.mayShrink) = (10, false) }) {
                _ = try await $0.log(.system("full and agreed"))
            }
            #expect(try await server.ask("XLEN", "usdcop:audit:events") == .integer(10))
        }
    }
}
