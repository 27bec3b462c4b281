import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    /// Checkpoints cover everything that is in the trail, however many they are, and nothing takes their place.
    @Suite struct CoverageTests {
        private static let namespace: Namespace = "covered"

        private func withTrail(
            _ body: @Sendable (RedisClient, CheckpointSigner, AuditStore, AuditSigningKey) async throws -> Void
        ) async throws {
            let server = try await PrivateRedis.start()
            defer { server.stop() }
            let key = try TestTrail.key()
            try await RedisClient.withClient(server.unrestricted, logger: .silent) { client in
                let signer = CheckpointSigner(
                    client, settings: TestTrail.settings(Self.namespace, cap: 5000, key: key), logger: .silent)
                let store = AuditStore(client, namespace: Self.namespace, maximumLength: 5000)
                try await body(client, signer, store, key)
            }
        }

        private func kinds(
            _ client: RedisClient, _ key: AuditSigningKey, cap: Int = 5000, anchor: CheckpointAnchor? = nil
        ) async throws -> [AuditBreak.Kind] {
            try await AuditVerifier(key: key, anchor: anchor, maximumEvents: cap).verify(client, namespace: Self.namespace).breaks.map(
                \.kind)
        }

        @Test func `a checkpoint stays as long as an event that it covers`() async throws {
            try await withTrail { client, signer, store, key in
                var writer = try #require(TestWriter("slow"))
                try await client.withDedicatedConnection { connection in
                    let reading = StreamReading(connection: connection, timeout: .seconds(2))
                    for _ in 0..<1020 {
                        try await writer.append(1, to: store)
                        _ = try await signer.sign(reading, token: nil)
                    }
                }
                let key1 = RedisArgument.text("covered:audit:checkpoints")
                #expect(try await client.send(RedisCommand("XLEN", [key1])).integer == 1020)
                #expect(try await kinds(client, key) == [])
                let copy = try await TrailCopy(client, namespace: Self.namespace)
                // A trim that leaves only what the last thousand checkpoints cover, with and without them.
                _ = try await client.send(RedisCommand("XTRIM", ["covered:audit:events", "MAXLEN", "=", "900"]))
                #expect(try await kinds(client, key) == [.rogueTrim])
                _ = try await client.send(RedisCommand("XTRIM", [key1, "MAXLEN", "=", "1000"]))
                #expect(try await kinds(client, key) == [.rogueTrim])
                // Hidden behind a lower cap of whoever verifies.
                #expect(try await kinds(client, key, cap: 15) == [.rogueTrim])
                // Checkpoints alone.
                try await copy.install(client, namespace: Self.namespace, restoringCounters: true)
                _ = try await client.send(RedisCommand("XTRIM", [key1, "MAXLEN", "=", "1000"]))
                #expect(try await kinds(client, key) == [.checkpointMissing])
                // When the cap has taken the events, the checkpoints beyond a thousand go.
                try await copy.install(client, namespace: Self.namespace, restoringCounters: true)
                let capped = AuditStore(client, namespace: Self.namespace, maximumLength: 50)
                let after = CheckpointSigner(client, settings: TestTrail.settings(Self.namespace, cap: 50, key: key), logger: .silent)
                for _ in 0..<8 {
                    try await writer.append(20, to: capped)
                    try await after.checkpointNow()
                }
                #expect(try await client.send(RedisCommand("XLEN", [key1])).integer ?? 0 <= 1000)
                #expect(try await kinds(client, key, cap: 50) == [])
            }
        }

        @Test func `a clearing explains nothing that is gone after it, and an old one that comes back explains nothing`() async throws {
            try await withTrail { client, signer, store, key in
                var writer = try #require(TestWriter("desk"))
                try await writer.append(10, to: store)
                try await signer.checkpointNow()
                try await writer.clear(client, namespace: Self.namespace, key: key)
                let clearing = try #require(try await store.events.newest(1).first)
                try await writer.append(20, to: store)
                try await signer.checkpointNow()
                #expect(try await kinds(client, key) == [])
                var copy = try await TrailCopy(client, namespace: Self.namespace)
                copy.events.entries.removeSubrange(1..<15)
                try await copy.install(client, namespace: Self.namespace, restoringCounters: true)
                #expect(try await kinds(client, key) == [.missing])
                // The whole trail is gone, and the record of the clearing stands there again, as if it were new.
                let last = copy.events.entries[copy.events.entries.count - 1].id
                copy.events.entries = [
                    StreamEntry(id: StreamID(milliseconds: last.milliseconds + 1, sequence: 0), fields: clearing.fields)
                ]
                try await copy.install(client, namespace: Self.namespace, restoringCounters: true)
                #expect(try await !kinds(client, key).isEmpty)
            }
        }

        @Test func `a signer puts a checkpoint back that was taken away, and signs no forgery in its place`() async throws {
            try await withTrail { client, _, store, key in
                let state = try ScratchDirectory()
                var settings = TestTrail.settings(Self.namespace, cap: 5000, key: key)
                settings.stateDirectory = state.url
                let signer = CheckpointSigner(client, settings: settings, logger: .silent)
                var writer = try #require(TestWriter("desk"))
                for _ in 0..<3 {
                    try await writer.append(10, to: store)
                    try await signer.checkpointNow()
                }
                let whole = try await TrailCopy(client, namespace: Self.namespace)
                let anchor = try #require(try CheckpointAnchor.loadIfPresent(in: state.url, namespace: Self.namespace))
                for isForged in [false, true] {
                    for restoringCounters in [false, true] {
                        var copy = whole
                        copy.checkpoints.entries.removeLast()
                        if isForged {
                            var previous = copy.originals[23].hash
                            for index in 24..<30 {
                                let old = copy.originals[index]
                                let forged = AuditRecord(
                                    writer: old.writer, sequence: old.sequence, previous: previous,
                                    entry: index == 24 ? AuditEvent.system("forged").entry(id: "x", at: .now).json : old.entry)
                                previous = forged.hash
                                copy.replace(index, with: forged)
                            }
                        }
                        copy.writers = [:]
                        try await copy.install(client, namespace: Self.namespace, restoringCounters: restoringCounters)
                        try anchor.write(to: CheckpointAnchor.url(in: state.url, namespace: Self.namespace))
                        var other = try #require(TestWriter("other"))
                        try await other.append(3, to: store)
                        // Another process of the same state directory, and nothing in its memory.
                        let next = CheckpointSigner(client, settings: settings, logger: .silent)
                        try await next.checkpointNow()
                        let found = try await kinds(client, key)
                        #expect(found == (isForged ? [.rebuilt] : []), "\(restoringCounters)")
                    }
                }
            }
        }

        @Test func `a record of a loss hides nothing that is gone between other events`() async throws {
            try await withTrail { client, signer, store, key in
                var writer = try #require(TestWriter("desk"))
                try await writer.append(20, to: store)
                try await signer.checkpointNow()
                try await writer.append(20, to: store)
                let anchor = CheckpointAnchor(try #require(try await signer.checkpointNow()))
                var copy = try await TrailCopy(client, namespace: Self.namespace)
                copy.checkpoints.entries.removeLast()
                copy.events.entries.removeSubrange(25..<28)
                let forged = LossRecord(writer: writer.writer, lastSequence: 99, lastHash: .zero, lost: 1).event
                let record = try #require(TestWriter("rogue")).next(forged)
                let last = copy.events.entries[copy.events.entries.count - 1].id
                copy.events.entries.append(
                    StreamEntry(id: StreamID(milliseconds: last.milliseconds + 1, sequence: 0), fields: record.fields))
                try await copy.install(client, namespace: Self.namespace, restoringCounters: false)
                let found = try await kinds(client, key, anchor: anchor)
                #expect(Set(found) == [.checkpointMissing, .missing, .redisLostData], "\(found)")
            }
        }

        @Test func `with a new key the whole trail is signed anew`() async throws {
            try await withTrail { client, signer, store, _ in
                var writer = try #require(TestWriter("desk"))
                try await writer.append(10, to: store)
                try await signer.checkpointNow()
                let fresh = try #require(AuditSigningKey(contents: Array("another key for tests".utf8)))
                let settings = TestTrail.settings(Self.namespace, cap: 5000, key: fresh)
                let next = try await CheckpointSigner(client, settings: settings, logger: .silent).checkpointNow()
                #expect(next?.number == 2)
                #expect(next?.statement.from == .zero)
                #expect(next?.statement.count == 10)
                #expect(try await kinds(client, fresh) == [])
                var copy = try await TrailCopy(client, namespace: Self.namespace)
                copy.events.entries.remove(at: 4)
                try await copy.install(client, namespace: Self.namespace, restoringCounters: true)
                #expect(try await kinds(client, fresh) == [.missing])
            }
        }

        @Test func `a writer that was taken out of Redis' memory is not a loss`() async throws {
            try await withTrail { client, signer, store, key in
                var writer = try #require(TestWriter("desk"))
                try await writer.append(10, to: store)
                try await signer.checkpointNow()
                try await writer.retire(client, namespace: Self.namespace)
                try await writer.append(1, to: store)
                #expect(try await kinds(client, key) == [.writerForgotten])
            }
        }
    }
}
