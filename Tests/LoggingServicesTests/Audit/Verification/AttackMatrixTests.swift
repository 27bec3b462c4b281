import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    /// Attacks by somebody who may do everything in Redis, and knows neither the key nor the anchor.
    @Suite struct AttackMatrixTests {
        static let places = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1" ? 100 : 8

        @Test func `every attack is named by its kind and its place`() async throws {
            let server = try await PrivateRedis.start()
            defer { server.stop() }
            try await RedisClient.withClient(server.unrestricted, logger: .silent) { client in
                let trails = [try await TestTrail.trimmed(client), try await TestTrail.whole(client)]
                for attack in TrailAttack.allCases {
                    var random = SeededGenerator(seed: 20_250_115)
                    for place in 0..<Self.places {
                        try await run(attack, on: trails[place % 2], client, restoringCounters: place % 4 < 2, &random)
                    }
                }
            }
        }

        private func run(
            _ attack: TrailAttack, on trail: TestTrail, _ client: RedisClient, restoringCounters: Bool, _ random: inout SeededGenerator
        ) async throws {
            var copy = trail.copy
            var place: TrailAttack.Place?
            for _ in 0..<1000 where place == nil {
                copy = trail.copy
                place = attack.apply(to: &copy, &random)
            }
            let expected = try #require(place)
            try await copy.install(client, namespace: "attacked", restoringCounters: restoringCounters)
            let verifier = AuditVerifier(
                key: trail.key, anchor: attack == .removeNewestCheckpoint ? trail.anchor : nil, maximumEvents: trail.cap)
            let verdict = try await verifier.verify(client, namespace: "attacked")
            let context = Comment(rawValue: "\(attack), \(trail.name), counters \(restoringCounters), \(expected), \(verdict.breaks)")
            #expect(Set(verdict.breaks.map(\.kind)) == [attack.kind], context)
            #expect(verdict.breaks.count <= (attack.kind == .reordered ? 2 : 1), context)
            for found in verdict.breaks {
                if !expected.ids.isEmpty { #expect(found.place.streamID.map(expected.ids.contains) == true, context) }
                if let writer = expected.writer { #expect(found.place.writer == writer, context) }
                if let sequence = expected.sequence { #expect(found.place.sequences == sequence...sequence, context) }
                if let checkpoint = expected.checkpoint { #expect(found.place.checkpoint == checkpoint, context) }
            }
        }

        @Test func `a trail that was only copied is sound`() async throws {
            let server = try await PrivateRedis.start()
            defer { server.stop() }
            try await RedisClient.withClient(server.unrestricted, logger: .silent) { client in
                for trail in [try await TestTrail.trimmed(client), try await TestTrail.whole(client)] {
                    for restoringCounters in [true, false] {
                        try await trail.copy.install(client, namespace: "attacked", restoringCounters: restoringCounters)
                        let verifier = AuditVerifier(key: trail.key, anchor: trail.anchor, maximumEvents: trail.cap)
                        let verdict = try await verifier.verify(client, namespace: "attacked")
                        #expect(verdict.breaks.isEmpty)
                        #expect(verdict.entries == trail.copy.events.entries.count)
                        #expect(verdict.notYetSigned == trail.copy.events.entries.count - trail.copy.signedCount)
                        #expect(verdict.signatures == .verified)
                    }
                }
            }
        }
    }
}
