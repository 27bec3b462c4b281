import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Synchronization
import Testing

@testable import LoggingServices

/// What callers were told, by sentence.
final class Answers: Sendable {
    private let kept = Mutex<
        (recorded: [String], unknown: [String], refused: [String], durabilities: Set<AuditDurability>, slowest: Duration)
    >(
        ([], [], [], [], .zero))

    var recorded: [String] { kept.withLock { $0.recorded } }
    var unknown: [String] { kept.withLock { $0.unknown } }
    var refused: [String] { kept.withLock { $0.refused } }
    var durabilities: Set<AuditDurability> { kept.withLock { $0.durabilities } }
    var slowest: Duration { kept.withLock { $0.slowest } }

    /// Logs one event and notes what became of it.
    func log(_ sentence: String, to audit: AuditLogger) async {
        let start = ContinuousClock.now
        do {
            let receipt = try await audit.log(.system(sentence))
            kept.withLock {
                $0.recorded.append(sentence); $0.durabilities.insert(receipt.durability)
            }
        } catch {
            kept.withLock { if error.code == .outcomeUnknown { $0.unknown.append(sentence) } else { $0.refused.append(sentence) } }
        }
        kept.withLock { $0.slowest = max($0.slowest, start.duration(to: .now)) }
    }

    /// Callers that log one event after another until the work ends.
    func load(_ audit: AuditLogger, callers: Int = 8, during work: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var number = 0
                    while !Task.isCancelled {
                        await self.log("\(caller):\(number)", to: audit)
                        number += 1
                    }
                }
            }
            try await work()
            group.cancelAll()
        }
    }

    /// The numbers of each caller that are in the trail, which must be without repeats and in order.
    static func isOrdered(_ sentences: [String]) -> Bool {
        var last: [Substring: Int] = [:]
        for sentence in sentences {
            let parts = sentence.split(separator: ":")
            guard parts.count == 2, let number = Int(parts[1]) else { continue }
            if let before = last[parts[0]], before >= number { return false }
            last[parts[0]] = number
        }
        return true
    }
}

extension Live {
    @Suite struct AuditOutageTests {
        /// A server of which nothing acknowledged is lost, without a bound that the load could reach.
        private func durable() async throws -> PrivateRedis { try await .start("--appendonly", "yes", "--appendfsync", "always") }

        /// Redis 7.0 leaves a transaction open in its append-only file that a kill cut off in the middle of a command, and its start after
        /// the next one executes it together with what follows. A new file has no such end.
        private func renewFile(of server: PrivateRedis) async throws {
            try await server.ask("BGREWRITEAOF")
            try await eventually { try await server.ask("INFO", "persistence").text?.contains("aof_rewrite_in_progress:0") == true }
        }

        /// Kills a server and waits until the trail knows: what was sent before that has an unknown outcome.
        private func kill(_ server: PrivateRedis, seenBy audit: AuditLogger) async throws {
            server.kill()
            try await eventually { audit.store?.client.status.isReady == false }
        }

        @Test(arguments: [Live.isSoak ? 20 : 3])
        func `Redis is killed under load: nothing acknowledged is lost, nothing is there twice`(rounds: Int) async throws {
            let server = try await durable()
            let state = try ScratchDirectory()
            let answers = Answers()
            try await withAudit(on: server.configuration, state: state.url, { $0.maximumEvents = 10_000_000 }) { audit in
                try await answers.load(audit) {
                    for round in 0..<rounds {
                        let before = answers.recorded.count
                        try await eventually { answers.recorded.count > before + 200 }
                        server.kill()
                        // Once for so long that the journal has to answer.
                        if round == 0 { try await eventually { answers.durabilities.contains(.spooled) } }
                        try await server.start()
                        try await renewFile(of: server)
                    }
                    let before = answers.recorded.count
                    try await eventually { answers.recorded.count > before + 200 }
                }
                try await eventually { await audit.lane.chain.isDelivered }
            }
            let records = try await trail(on: server)
            let actions = records.actions
            #expect(records.breaks.isEmpty)
            #expect(Set(actions).count == actions.count, "nothing twice")
            #expect(Set(answers.recorded).isSubset(of: Set(actions)), "nothing lost")
            #expect(Answers.isOrdered(actions))
            #expect(answers.refused.isEmpty && answers.unknown.isEmpty)
            #expect(answers.durabilities.contains(.spooled))
            #expect(records.count(where: { $0.sequence == 1 }) == 1, "one writer throughout")
        }

        @Test func `Redis hangs: every event is answered as spooled in time, and is there afterwards, once and in order`() async throws {
            let server = try await durable()
            let state = try ScratchDirectory()
            let answers = Answers()
            try await withAudit(on: server.configuration, state: state.url, { $0.maximumEvents = 10_000_000 }) { audit in
                try await answers.load(audit, callers: 4) {
                    try await eventually { answers.recorded.count > 100 }
                    server.pause()
                    try await eventually { answers.durabilities.contains(.spooled) }
                    let before = answers.recorded.count
                    try await eventually { answers.recorded.count > before + 500 }
                    server.resume()
                    // While the load goes on, events are answered by Redis again.
                    let recovery = try await eventually { if case .direct = await audit.lane.mode { true } else { false } }
                    #expect(recovery < .seconds(5))
                }
                try await eventually { await audit.lane.chain.isDelivered }
            }
            let records = try await trail(on: server)
            #expect(records.breaks.isEmpty)
            #expect(Set(records.actions) == Set(answers.recorded))
            #expect(records.count == answers.recorded.count)
            #expect(Answers.isOrdered(records.actions))
            #expect(answers.slowest < .seconds(2))
        }

        @Test func `without a state directory an event that Redis cannot take is refused`() async throws {
            let server = try await durable()
            try await withAudit(on: server.configuration) { audit in
                _ = try await audit.log(.system("one"))
                try await kill(server, seenBy: audit)
                let error = await #expect(throws: AuditError.self) { try await audit.log(.system("two")) }
                #expect(error?.code == .notRecorded)
                try await server.start()
                try await eventually { (try? await audit.log(.system("three"))) != nil }
            }
            let records = try await trail(on: server)
            #expect(records.actions == ["one", "three"])
            #expect(records.breaks.isEmpty)
        }

        @Test func `without a state directory an unknown outcome is said, settled first, and never doubled`() async throws {
            let server = try await durable()
            try await withAudit(on: server.configuration, { $0.appendTimeout = .milliseconds(200) }) { audit in
                _ = try await audit.log(.system("one"))
                server.pause()
                let unknown = await #expect(throws: AuditError.self) { try await audit.log(.system("two")) }
                #expect(unknown?.code == .outcomeUnknown)
                let refused = await #expect(throws: AuditError.self) { try await audit.log(.system("three")) }
                #expect(refused?.code == .notRecorded)
                server.resume()
                try await eventually { (try? await audit.log(.system("four"))) != nil }
            }
            let records = try await trail(on: server)
            #expect(records.actions == ["one", "two", "four"])
            #expect(records.breaks.isEmpty)
        }

        @Test func `Redis comes back without its data: the trail goes on under a new writer that says what was lost`() async throws {
            let server = try await PrivateRedis.start()
            let state = try ScratchDirectory()
            let log = RecordedLog()
            try await withAudit(on: server.configuration, state: state.url, logger: log.logger) { audit in
                var last: AuditReceipt?
                for number in 0..<5 { last = try await audit.log(.system("before \(number)")) }
                #expect(last?.durability == AuditDurability.none)
                server.kill()
                #expect(try await audit.log(.system("meanwhile")).durability == .spooled)
                try await server.start()
                try await eventually { await audit.lane.chain.isDelivered }
                _ = try await audit.log(.system("after"))
            }
            let records = try await trail(on: server)
            #expect(records.breaks.isEmpty)
            let loss = try #require(try records.first?.decodedEntry().metadata)
            #expect(loss["lost"] == .integer(5))
            #expect(loss["last_sequence"] == .integer(5))
            #expect(records.first?.sequence == 1)
            #expect(records.dropFirst().map { try? $0.decodedEntry().action } == ["meanwhile", "after"])
            #expect(log.messages.contains { $0.hasPrefix("error: Redis lost audit events") })
        }

        @Test func `Redis is emptied between two events: the loss is recorded without a journal too`() async throws {
            let server = try await PrivateRedis.start()
            try await withAudit(on: server.configuration) { audit in
                for number in 0..<3 { _ = try await audit.log(.system("before \(number)")) }
                try await server.ask("FLUSHALL")
                let receipt = try await audit.log(.system("after"))
                #expect(receipt.sequence == 2)
            }
            let records = try await trail(on: server)
            #expect(records.count == 2)
            #expect(records.breaks.isEmpty)
        }

        @Test func `what Redis would refuse for ever is refused at once and stands in nobody's way`() async throws {
            let server = try await durable()
            let state = try ScratchDirectory()
            try await withAudit(on: server.configuration, state: state.url) { audit in
                let key = try IdempotencyKey("order-1", owner: "desk", request: [])
                try await server.ask("SET", .text("usdcop:audit:idempotency:\(key.key)"), "something else")
                let error = await #expect(throws: AuditError.self) { try await audit.log(.system("one"), idempotency: key) }
                #expect(error?.code == .dataConflict)
                try await server.ask("DEL", .text("usdcop:audit:idempotency:\(key.key)"))
                try await server.ask("LPUSH", .text("usdcop:audit:idempotency:\(key.key)"), "a list")
                let refused = await #expect(throws: AuditError.self) { try await audit.log(.system("two"), idempotency: key) }
                #expect(refused?.code == .dataConflict)
                #expect(try await audit.log(.system("three")).durability == .aofAlways)
            }
            #expect(try await trail(on: server).actions == ["three"])
        }

        @Test(arguments: ["redis_lost_data", "audit_cleared"])
        func `nobody passes an event off as one of the trail's own`(name: String) async throws {
            let audit = AuditLogger(redis: nil, settings: AuditSettings(), logger: .silent)
            let forged = AuditEvent.system("x", metadata: .object([.init("event", .string(name))]))
            let error = await #expect(throws: AuditError.self) { try await audit.log(forged) }
            #expect(error?.code == .invalid)
        }

        @Test func `the disk is full: events go on while Redis is there, and are refused while it is away`() async throws {
            let server = try await durable()
            let state = try ScratchDirectory()
            let log = RecordedLog()
            try await withAudit(on: server.configuration, state: state.url, logger: log.logger) { audit in
                let directory = JournalDirectory(stateDirectory: state.url, namespace: .standard)
                try await eventually { !directory.undelivered().isEmpty }
                // Where the journal is to be, the kernel answers every write with ENOSPC.
                let file = directory.dayPath(await audit.lane.chain.writer, Timestamp.now.day)
                try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/dev/full")
                #expect(try await audit.log(.system("one")).durability == .aofAlways)
                try await kill(server, seenBy: audit)
                let error = await #expect(throws: AuditError.self) { try await audit.log(.system("two")) }
                #expect(error?.code == .file)
                try await server.start()
                try await eventually { (try? await audit.log(.system("three"))) != nil }
            }
            let records = try await trail(on: server)
            #expect(records.actions == ["one", "three"])
            #expect(records.breaks.isEmpty)
            #expect(log.messages.count { $0.contains("journal of the audit trail cannot be written") } == 1)
        }

        @Test func `a refusal of Redis goes to the journal as well`() async throws {
            let server = try await durable()
            let state = try ScratchDirectory()
            try await withAudit(on: server.configuration, state: state.url) { audit in
                _ = try await audit.log(.system("one"))
                try await server.ask("CONFIG", "SET", "maxmemory", "1")
                #expect(try await audit.log(.system("two")).durability == .spooled)
                try await server.ask("CONFIG", "SET", "maxmemory", "0")
                try await eventually { await audit.lane.chain.isDelivered }
            }
            #expect(try await trail(on: server).actions == ["one", "two"])
        }
    }
}
