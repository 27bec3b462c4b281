import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    /// Attacks by the commands that Redis has for them, and those on what vouches for the trail.
    @Suite struct OtherAttackTests {
        private func withTrails(_ body: @Sendable (RedisClient, TestTrail) async throws -> Void) async throws {
            let server = try await PrivateRedis.start()
            defer { server.stop() }
            try await RedisClient.withClient(server.unrestricted, logger: .silent) { client in
                for trail in [try await TestTrail.trimmed(client), try await TestTrail.whole(client)] { try await body(client, trail) }
            }
        }

        private func breaks(
            _ client: RedisClient, _ trail: TestTrail, key: AuditSigningKey?? = nil, anchor: CheckpointAnchor? = nil
        ) async throws -> [AuditBreak] {
            try await AuditVerifier(key: key ?? trail.key, anchor: anchor, maximumEvents: trail.cap)
                .verify(client, namespace: "attacked").breaks
        }

        @Test func `XDEL, XTRIM and XADD with a cap are found out`() async throws {
            try await withTrails { client, trail in
                let ids = trail.copy.events.entries.map(\.id)
                let last = trail.copy.signedCount - 1
                let cases: [(RedisCommand, Set<AuditBreak.Kind>, StreamID)] = [
                    (RedisCommand("XDEL", ["attacked:audit:events", .text("\(ids[50])")]), [.missing], ids[51]),
                    (RedisCommand("XDEL", ["attacked:audit:events", .text("\(ids[0])")]), [.rogueTrim], ids[1]),
                    (
                        RedisCommand("XDEL", ["attacked:audit:events", .text("\(ids[ids.count - 1])")]), [.tailCut], ids[ids.count - 2]
                    ),
                    (RedisCommand("XTRIM", ["attacked:audit:events", "MAXLEN", "=", "60"]), [.rogueTrim], ids[ids.count - 60]),
                    (RedisCommand("XTRIM", ["attacked:audit:events", "MINID", "=", .text("\(ids[30])")]), [.rogueTrim], ids[30]),
                    (RedisCommand("XTRIM", ["attacked:audit:events", "MAXLEN", "=", "0"]), [.rogueTrim], ids[ids.count - 1]),
                    (
                        RedisCommand("XADD", ["attacked:audit:events", "MAXLEN", "=", "20", "*", "note", "x"]), [.rogueTrim, .inserted],
                        ids[ids.count - 19]
                    ),
                ]
                for (command, kinds, id) in cases {
                    try await trail.copy.install(client, namespace: "attacked", restoringCounters: true)
                    _ = try await client.send(command)
                    let found = try await breaks(client, trail)
                    #expect(Set(found.map(\.kind)) == kinds, "\(trail.name) \(found)")
                    #expect(found.count == kinds.count, "\(trail.name) \(found)")
                    #expect(found.first?.place.streamID == id, "\(trail.name) \(found)")
                }
                #expect(last > 0)
            }
        }

        @Test func `a stream that is gone altogether is a cut tail`() async throws {
            try await withTrails { client, trail in
                try await trail.copy.install(client, namespace: "attacked", restoringCounters: true)
                _ = try await client.send(RedisCommand("DEL", ["attacked:audit:events"]))
                #expect(try await breaks(client, trail).map(\.kind) == [.tailCut])
                // Without its checkpoints too, the anchor is what is left.
                _ = try await client.send(RedisCommand("DEL", ["attacked:audit:checkpoints", "attacked:audit:writers"]))
                let found = try await breaks(client, trail, anchor: trail.anchor)
                #expect(Set(found.map(\.kind)) == [.checkpointMissing, .tailCut], "\(found)")
            }
        }

        @Test func `events after the newest checkpoint are proved by the chains`() async throws {
            try await withTrails { client, trail in
                // Without checkpoints nothing is signed.
                var bare = trail.copy
                bare.checkpoints.entries = []
                bare.checkpoints.info = StreamInfo()
                for attack in [TrailAttack.editEntry, .deleteOne, .insertJunk, .insertUsedSequence, .fork, .cutTail, .trim] {
                    var random = SeededGenerator(seed: 11)
                    for _ in 0..<4 {
                        var copy = bare
                        var place: TrailAttack.Place?
                        while place == nil {
                            copy = bare
                            place = attack.apply(to: &copy, &random)
                        }
                        try await copy.install(client, namespace: "attacked", restoringCounters: true)
                        let found = try await breaks(client, trail, key: .some(nil))
                        // Which of two events with one sequence is the right one only a checkpoint can tell.
                        let kind: AuditBreak.Kind = attack == .insertUsedSequence ? .forked : attack.kind
                        #expect(found.map(\.kind) == [kind], "\(trail.name) \(attack) \(String(describing: place)) \(found)")
                    }
                }
            }
        }

        @Test func `checkpoints that were tampered with are found out`() async throws {
            try await withTrails { client, trail in
                let all = trail.copy.checkpoints.entries
                let newest = all.count - 1
                func entry(_ index: Int, _ fields: [StreamEntry.Field]) -> StreamEntry { StreamEntry(id: all[index].id, fields: fields) }
                let rogue = try #require(AuditSigningKey(contents: Array("the key of somebody else".utf8)))
                let forged = try all.map { entry in Checkpoint(try #require(Checkpoint(entry)).statement, key: rogue) }
                let unsigned = try all.map { entry in Checkpoint(try #require(Checkpoint(entry)).statement, key: nil) }
                let cases: [(String, [StreamEntry], Set<AuditBreak.Kind>)] = [
                    ("unreadable", all.dropLast() + [entry(newest, [.init("body", "{}")])], [.checkpointEdited]),
                    ("foreign", all.dropLast() + [entry(newest, [.init("x", "y")])], [.checkpointEdited]),
                    ("forged", all.dropLast() + [entry(newest, forged[newest].fields)], [.checkpointEdited]),
                    ("without a key", all.dropLast() + [entry(newest, unsigned[newest].fields)], [.checkpointUnsigned]),
                    ("repeated", all.dropLast() + [entry(newest, all[newest - 1].fields)], [.checkpointEdited]),
                    ("an early one without a key", [entry(0, unsigned[0].fields)] + all.dropFirst(), [.checkpointEdited]),
                    ("all by another key", zip(all, forged).map { StreamEntry(id: $0.id, fields: $1.fields) }, [.checkpointEdited]),
                    ("all without a key", zip(all, unsigned).map { StreamEntry(id: $0.id, fields: $1.fields) }, [.checkpointUnsigned]),
                ]
                for (name, entries, kinds) in cases {
                    var copy = trail.copy
                    copy.checkpoints.entries = Array(entries)
                    try await copy.install(client, namespace: "attacked", restoringCounters: true)
                    let found = try await breaks(client, trail)
                    #expect(kinds.isSubset(of: found.map(\.kind)), "\(trail.name) \(name) \(found)")
                    if !name.hasPrefix("all") { #expect(found.count == 1, "\(trail.name) \(name) \(found)") }
                    // With the anchor every one of them is found without a key, too.
                    if name != "an early one without a key" {
                        #expect(try await !breaks(client, trail, key: .some(nil), anchor: trail.anchor).isEmpty, "\(trail.name) \(name)")
                    }
                }
            }
        }

        @Test func `a signer that goes on after an attack does not hide it`() async throws {
            try await withTrails { client, trail in
                var settings = TestTrail.settings("attacked", cap: trail.cap, key: trail.key)
                settings.checkpointEvents = 10
                for attack in [
                    TrailAttack.editEntryAndHash, .deleteOne, .insertNewWriter, .trim, .cutTailAndHeads, .rebuildChain,
                    .removeNewestCheckpoint,
                ] {
                    for restoringCounters in [true, false] {
                        var random = SeededGenerator(seed: 5)
                        var copy = trail.copy
                        while attack.apply(to: &copy, &random) == nil { copy = trail.copy }
                        try await copy.install(client, namespace: "attacked", restoringCounters: restoringCounters)
                        let signer = CheckpointSigner(client, settings: settings, logger: .silent)
                        var writer = try #require(TestWriter("afterwards"))
                        let store = AuditStore(client, namespace: "attacked", maximumLength: trail.cap)
                        for _ in 0..<3 {
                            try await writer.append(3, to: store)
                            try await signer.checkpointNow()
                        }
                        let found = try await breaks(client, trail, anchor: trail.anchor)
                        let kinds: Set<AuditBreak.Kind> =
                            switch attack {
                            // What was cut off is missing before what came afterwards.
                            case .cutTailAndHeads: [.missing]
                            default: [attack.kind]
                            }
                        #expect(Set(found.map(\.kind)).isSuperset(of: kinds), "\(trail.name) \(attack) \(restoringCounters) \(found)")
                    }
                }
            }
        }
    }
}

extension Checkpoint {
    fileprivate var fields: [StreamEntry.Field] {
        [.init("body", body)] + (signature.map { [.init("signature", $0)] } ?? [])
    }
}
