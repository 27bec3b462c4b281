import CacheServices
import Foundation
import Hiredis
import RedisTesting
import Testing

@testable import LoggingServices

extension Live {
    /// Trails that nobody attacked: not one break, whatever happens meanwhile.
    @Suite struct CleanTrailTests {
        static let runs = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1" ? 25 : 5

        /// Appends with several writers at once, for so many steps each.
        private static func write(
            _ store: AuditStore, writers: Int, steps: Int, seed: UInt64, retiring: Bool = false
        ) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<writers {
                    group.addTask {
                        var random = SeededGenerator(seed: seed &+ UInt64(number))
                        guard var writer = TestWriter("w\(seed)-\(number)") else { return }
                        for _ in 0..<steps { try await writer.append(Int.random(in: 1...8, using: &random), to: store) }
                        if retiring { try await writer.retire(store.client, namespace: store.schema.namespace) }
                    }
                }
                try await group.waitForAll()
            }
        }

        private static func verdict(
            _ verifier: AuditVerifier, _ client: RedisClient, _ namespace: Namespace
        ) async throws -> AuditVerdict? {
            do {
                return try await verifier.verify(client, namespace: namespace)
            } catch {
                guard error.code == .incomplete else { throw error }
                return nil
            }
        }

        private func verifier(_ key: AuditSigningKey?, cap: Int, anchor: CheckpointAnchor? = nil) -> AuditVerifier {
            AuditVerifier(key: key, anchor: anchor, maximumEvents: cap)
        }

        @Test func `a trail is sound while many write, the cap trims and the signer signs`() async throws {
            let server = try await PrivateRedis.start(namespaces: (0..<Self.runs).map { "clean-\($0)" })
            defer { server.stop() }
            let key = try TestTrail.key()
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                for run in 0..<Self.runs {
                    let namespace = try Namespace("clean-\(run)")
                    let cap = [60, 300, 2000][run % 3]
                    var settings = TestTrail.settings(namespace, cap: cap, key: run % 4 == 3 ? nil : key)
                    settings.checkpointEvents = 40
                    let signer = CheckpointSigner(client, settings: settings, logger: .silent)
                    let store = AuditStore(client, namespace: namespace, maximumLength: cap)
                    let verifier = verifier(settings.signingKey, cap: cap)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { await signer.run() }
                        try await withThrowingTaskGroup(of: Void.self) { writing in
                            writing.addTask {
                                try await Self.write(store, writers: 6, steps: 40, seed: UInt64(run), retiring: run % 2 == 0)
                            }
                            for _ in 0..<6 {
                                // A small trail can be trimmed away faster than it is read; that is said, and no alarm.
                                guard let verdict = try await Self.verdict(verifier, client, namespace) else { continue }
                                #expect(verdict.breaks == [], "\(run) \(verdict.notes)")
                            }
                            try await writing.waitForAll()
                        }
                        let verdict = try await verifier.verify(client, namespace: namespace)
                        #expect(verdict.breaks == [])
                        #expect(verdict.entries == min(cap, verdict.entries))
                        group.cancelAll()
                    }
                }
            }
        }

        @Test func `the trail of running processes is sound through an outage, a crash of Redis and another signer`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always")
            defer { server.stop() }
            let key = try TestTrail.key()
            let states = [try ScratchDirectory(), try ScratchDirectory()]
            // One process after the other, and both at once: each has a directory of its own.
            for run in 0..<3 {
                let first: @Sendable (inout AuditSettings) -> Void = { settings in
                    settings.signingKey = key
                    settings.maximumEvents = 120
                    settings.checkpointEvents = 20
                }
                try await withAudit(on: server.configuration, state: states[run % 2].url, first) { audit in
                    try await withAudit(on: server.configuration, state: states[(run + 1) % 2].url, first) { other in
                        for number in 0..<30 {
                            _ = try await audit.log(.system("event \(number)"))
                            _ = try await other.log(.system("event \(number)"))
                        }
                        server.kill()
                        // While Redis is away, the journals take what comes.
                        for number in 0..<10 { #expect(try await audit.log(.system("away \(number)")).durability == .spooled) }
                        try await server.start()
                        try await eventually { try await other.log(.system("back")).durability == .aofAlways }
                        try await eventually { try await audit.log(.system("back")).durability == .aofAlways }
                        try await eventually { (try? await audit.verify())?.isSound ?? false }
                        #expect(try await other.verify().breaks == [])
                        if run == 1 {
                            #expect(try await audit.clearAuditTrail(reason: "in between").count > 0)
                            #expect(try await audit.verify().breaks == [])
                        }
                    }
                }
            }
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                for state in states {
                    let anchor = try CheckpointAnchor.loadIfPresent(in: state.url, namespace: .standard)
                    let verdict = try await AuditVerifier(key: key, anchor: anchor, maximumEvents: 120).verify(client, namespace: .standard)
                    #expect(verdict.breaks == [])
                    #expect(verdict.signatures == .verified)
                }
            }
        }

        @Test func `clearings that are signed are no breaks, others are`() async throws {
            let server = try await PrivateRedis.start(namespaces: (0..<Self.runs).map { "cleared-\($0)" })
            defer { server.stop() }
            let key = try TestTrail.key()
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                for run in 0..<Self.runs {
                    let namespace = try Namespace("cleared-\(run)")
                    let signer = CheckpointSigner(client, settings: TestTrail.settings(namespace, cap: 100, key: key), logger: .silent)
                    let store = AuditStore(client, namespace: namespace, maximumLength: 100)
                    var writer = try #require(TestWriter("desk"))
                    let steps = [30, 150, 20, 90]
                    for step in 0..<(2 + run % 3) {
                        try await writer.append(steps[step], to: store)
                        if step != run % 2 { try await signer.checkpointNow() }
                        try await writer.clear(client, namespace: namespace, key: key)
                        if run % 2 == 0 { try await signer.checkpointNow() }
                        #expect(try await verifier(key, cap: 100).verify(client, namespace: namespace).breaks == [])
                        try await writer.append(10, to: store)
                        #expect(try await verifier(key, cap: 100).verify(client, namespace: namespace).breaks == [])
                    }
                    try await signer.checkpointNow()
                    #expect(try await verifier(key, cap: 100).verify(client, namespace: namespace).breaks == [])
                    try await writer.append(20, to: store)
                    let rogue = try #require(AuditSigningKey(contents: Array("the key of somebody else".utf8)))
                    try await writer.clear(client, namespace: namespace, key: run % 2 == 0 ? rogue : nil)
                    let verdict = try await verifier(key, cap: 100).verify(client, namespace: namespace)
                    #expect(verdict.breaks.map(\.kind) == [.rogueTrim], "\(verdict.breaks)")
                    try await writer.append(5, to: store)
                    try await signer.checkpointNow()
                    let later = try await verifier(key, cap: 100).verify(client, namespace: namespace)
                    #expect(later.breaks.map(\.kind) == [.rogueTrim], "\(later.breaks)")
                }
            }
        }

        @Test func `Redis restarts with all it acknowledged and the trail stays sound`() async throws {
            let server = try await PrivateRedis.start("--appendonly", "yes", "--appendfsync", "always", namespaces: ["restarted"])
            defer { server.stop() }
            let key = try TestTrail.key()
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                let store = AuditStore(client, namespace: "restarted", maximumLength: 100)
                var settings = TestTrail.settings("restarted", cap: 100, key: key)
                settings.checkpointEvents = 20
                let signer = CheckpointSigner(client, settings: settings, leaseDuration: .seconds(1), logger: .silent)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await signer.run() }
                    var writer = try #require(TestWriter("desk"))
                    for run in 0..<Self.runs {
                        for _ in 0..<10 { try await writer.append(5, to: store) }
                        server.kill()
                        try await server.start()
                        try await eventually { client.status.isReady }
                        try await writer.append(25, to: store)
                        try await eventually {
                            try await verifier(key, cap: 100).verify(client, namespace: "restarted").notYetSigned < 20
                        }
                        let verdict = try await verifier(key, cap: 100).verify(client, namespace: "restarted")
                        #expect(verdict.breaks == [], "\(run)")
                        #expect(verdict.signatures == .verified)
                    }
                    group.cancelAll()
                }
            }
        }

        @Test func `what Redis lost is reported as lost, and nothing else is`() async throws {
            let key = try TestTrail.key()
            let state = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: state) }
            for run in 0..<Self.runs {
                let server = try await PrivateRedis.start(namespaces: ["lost-\(run)"])
                defer { server.stop() }
                try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                    let namespace = try Namespace("lost-\(run)")
                    let store = AuditStore(client, namespace: namespace, maximumLength: 100)
                    var settings = TestTrail.settings(namespace, cap: 100, key: key)
                    settings.stateDirectory = state
                    let signer = CheckpointSigner(client, settings: settings, logger: .silent)
                    var writer = try #require(TestWriter("desk"))
                    var other = try #require(TestWriter("other"))
                    // What is saved here is what is left after the crash; run 0 loses everything.
                    for step in 0..<4 {
                        try await writer.append(20 + run, to: store)
                        try await other.append(7, to: store)
                        if step != 3 { try await signer.checkpointNow() }
                        if step == run % 4, run > 0 { _ = try await server.ask("SAVE") }
                    }
                    let (last, lastOther) = (writer, other)
                    server.kill()
                    try await server.start()
                    try await eventually { client.status.isReady }
                    try await writer.append(3, to: store)
                    try await other.append(3, to: store)
                    let anchor = try CheckpointAnchor.load(from: CheckpointAnchor.url(in: state, namespace: namespace))
                    for isSigned in [false, true] {
                        if isSigned { try await signer.checkpointNow() }
                        let verdict = try await verifier(key, cap: 100, anchor: anchor).verify(client, namespace: namespace)
                        #expect(Set(verdict.breaks.map(\.kind)).subtracting([.redisLostData]) == [], "\(run) \(verdict.breaks)")
                        // A save after the last event loses nothing.
                        guard run == 0 || run % 4 != 3 else { continue }
                        for lost in [last, lastOther] {
                            let found = verdict.breaks.first { $0.place.writer == lost.writer }
                            #expect(found?.place.sequences?.upperBound == lost.sequence, "\(run) \(verdict.breaks)")
                        }
                    }
                    try await writer.append(150, to: store)
                    try await signer.checkpointNow()
                    let anchorNow = try CheckpointAnchor.load(from: CheckpointAnchor.url(in: state, namespace: namespace))
                    let verdict = try await verifier(key, cap: 100, anchor: anchorNow).verify(client, namespace: namespace)
                    #expect(Set(verdict.breaks.map(\.kind)).subtracting([.redisLostData]) == [], "\(run) \(verdict.breaks)")
                }
            }
        }
    }
}
