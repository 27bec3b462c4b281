import CacheServices
import Foundation
import Hiredis
import RedisTesting
import ServiceLifecycle
import Testing

@testable import LoggingServices

extension Live {
    @Suite struct CheckpointSignerTests {
        private func settings(_ key: AuditSigningKey?, every: Int = 10, state: URL? = nil) -> AuditSettings {
            var settings = TestTrail.settings("signed", cap: 100, key: key)
            settings.checkpointEvents = every
            settings.stateDirectory = state
            return settings
        }

        private func checkpoints(_ client: RedisClient) async throws -> [Checkpoint] {
            try await CheckpointStore(client, namespace: "signed").newest(1000).reversed().compactMap(Checkpoint.init)
        }

        private func temporaryDirectory() -> URL {
            FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-\(UUID().uuidString)")
        }

        @Test func `it signs every so many events, and the rest at a clean end`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["signed"])
            defer { server.stop() }
            let key = try TestTrail.key()
            let state = temporaryDirectory()
            defer { try? FileManager.default.removeItem(at: state) }
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                let store = AuditStore(client, namespace: "signed", maximumLength: 100)
                let signer = CheckpointSigner(client, settings: settings(key, state: state), logger: .silent)
                let group = ServiceGroup(
                    configuration: .init(services: [.init(service: signer)], logger: .silent))
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await group.run() }
                    var writer = try #require(TestWriter("desk"))
                    try await writer.append(25, to: store)
                    try await eventually { try await checkpoints(client).last?.statement.to == store.events.newest(1).first?.id }
                    try await writer.append(3, to: store)
                    let before = try await checkpoints(client).count
                    await group.triggerGracefulShutdown()
                    try await tasks.waitForAll()
                    let all = try await checkpoints(client)
                    #expect(all.count == before + 1)
                    #expect(all.map(\.number) == Array(1...all.count))
                    #expect(all.map(\.statement.count).reduce(0, +) == 28)
                    #expect(all.allSatisfy { $0.isSigned(by: key) })
                    #expect(all.last?.statement.heads == [.init(writer: writer.writer, sequence: 28, hash: writer.hash)])
                    #expect(try await server.ask("EXISTS", "signed:audit:signer").integer == 0)
                    let anchor = try CheckpointAnchor.load(from: CheckpointAnchor.url(in: state, namespace: "signed"))
                    #expect(anchor.checkpoint == all.last)
                }
            }
        }

        @Test func `a lease that never runs out is nobody's`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["signed"])
            defer { server.stop() }
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                let store = CheckpointStore(client, namespace: "signed")
                _ = try await client.send(RedisCommand("SET", ["signed:audit:signer", "somebody 1736937000000000"]))
                guard case .taken = try await store.takeLease(token: "me", for: .seconds(5)) else {
                    Issue.record("the lease was not taken")
                    return
                }
                #expect(try await store.takeLease(token: "another", for: .seconds(5)) == .heldByAnother)
            }
        }

        @Test func `a checkpoint of another trail vouches for nothing`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["signed"])
            defer { server.stop() }
            let key = try TestTrail.key()
            try await RedisClient.withClient(server.unrestricted, logger: .silent) { client in
                var writer = try #require(TestWriter("desk"))
                try await writer.append(5, to: AuditStore(client, namespace: "signed", maximumLength: 100))
                let signer = CheckpointSigner(client, settings: settings(key), logger: .silent)
                let anchor = CheckpointAnchor(try #require(try await signer.checkpointNow()))
                let copy = try await TrailCopy(client, namespace: "signed")
                try await copy.install(client, namespace: "other", restoringCounters: true)
                let verdict = try await AuditVerifier(key: key, anchor: anchor).verify(client, namespace: "other")
                #expect(Set(verdict.breaks.map(\.kind)) == [.checkpointEdited], "\(verdict.breaks)")
                #expect(verdict.signedThrough == nil)
            }
        }

        @Test func `it signs after a while when there are few events`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["signed"])
            defer { server.stop() }
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                let store = AuditStore(client, namespace: "signed", maximumLength: 100)
                var settings = settings(nil, every: 1000)
                settings.checkpointInterval = .milliseconds(150)
                let signer = CheckpointSigner(client, settings: settings, logger: .silent)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await signer.run() }
                    var writer = try #require(TestWriter("desk"))
                    try await writer.append(2, to: store)
                    try await eventually { try await checkpoints(client).count == 1 }
                    // Without events there is nothing to sign.
                    let calls = try await server.commandCalls()["xadd"]
                    try await writer.append(1, to: store)
                    try await eventually { try await checkpoints(client).count == 2 }
                    #expect(try await server.commandCalls()["xadd"] == calls.map { $0 + 2 })
                    #expect(try await checkpoints(client).allSatisfy { $0.signature == nil && $0.statement.keyName == nil })
                    group.cancelAll()
                }
            }
        }

        @Test func `another process takes over within the lease, and the one that was paused writes nothing any more`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["signed"])
            defer { server.stop() }
            let key = try TestTrail.key()
            let proxy = try await CuttingProxy.start(inFrontOf: server.port)
            let log = RecordedLog()
            var throughProxy = server.configuration
            throughProxy.endpoint = .tcp(host: "127.0.0.1", port: proxy.port)
            let paused = throughProxy
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                try await RedisClient.withClient(paused, logger: .silent) { pausedClient in
                    let store = AuditStore(client, namespace: "signed", maximumLength: 100)
                    let lease = Duration.seconds(1)
                    let first = CheckpointSigner(pausedClient, settings: settings(key), leaseDuration: lease, logger: log.logger)
                    let second = CheckpointSigner(client, settings: settings(key), leaseDuration: lease, logger: .silent)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        var writer = try #require(TestWriter("desk"))
                        group.addTask { await first.run() }
                        try await eventually { first.isHolder }
                        try await writer.append(12, to: store)
                        try await eventually { try await checkpoints(client).count == 1 }
                        group.addTask { await second.run() }
                        proxy.setBlackHole(true)
                        let took = try await eventually { second.isHolder }
                        #expect(took < lease * 2)
                        try await writer.append(12, to: store)
                        try await eventually { try await checkpoints(client).count == 2 }
                        // A checkpoint that the first one had prepared comes late, with its token.
                        let newest = try await CheckpointStore(client, namespace: "signed").newest(1)
                        let late = try #require(newest.first.flatMap(Checkpoint.init))
                        let result = try await second.store.add(late, after: newest.first?.id, token: first.token)
                        #expect(result == .fenced)
                        proxy.setBlackHole(false)
                        try await eventually { !first.isHolder }
                        try await writer.append(12, to: store)
                        try await eventually { try await checkpoints(client).count == 3 }
                        #expect(second.isHolder)
                        let verdict = try await AuditVerifier(key: key, maximumEvents: 100).verify(client, namespace: "signed")
                        #expect(verdict.breaks == [])
                        #expect(verdict.checkpoints == 3)
                        group.cancelAll()
                    }
                }
            }
            try await proxy.stop()
            #expect(log.messages.filter { $0.hasPrefix("warning: the trail cannot be signed") }.count == 1)
        }

        @Test func `a checkpoint that continues another one than the newest is not written`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["signed"])
            defer { server.stop() }
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                let store = AuditStore(client, namespace: "signed", maximumLength: 100)
                let one = CheckpointSigner(client, settings: settings(nil), logger: .silent)
                let two = CheckpointSigner(client, settings: settings(nil), logger: .silent)
                var writer = try #require(TestWriter("desk"))
                try await writer.append(5, to: store)
                let first = try #require(try await one.checkpointNow())
                try await writer.append(5, to: store)
                #expect(try await two.checkpointNow()?.number == 2)
                // The first one still believes that its own is the newest.
                #expect(try await one.store.add(first, after: nil, token: nil) == .moved)
                #expect(try await one.checkpointNow() == nil)
                try await writer.append(5, to: store)
                #expect(try await one.checkpointNow()?.number == 3)
                let verdict = try await AuditVerifier(maximumEvents: 100).verify(client, namespace: "signed")
                #expect(verdict.breaks == [])
                #expect(verdict.signatures == .unsigned)
            }
        }

        @Test func `it goes on with the numbers after a restart, and survives a Redis that was emptied`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["signed"])
            defer { server.stop() }
            let key = try TestTrail.key()
            let state = temporaryDirectory()
            defer { try? FileManager.default.removeItem(at: state) }
            let log = RecordedLog()
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                let store = AuditStore(client, namespace: "signed", maximumLength: 100)
                let lease = Duration.milliseconds(400)
                var writer = try #require(TestWriter("desk"))
                for run in 1...2 {
                    try await writer.append(12, to: store)
                    let signer = CheckpointSigner(client, settings: settings(key, state: state), leaseDuration: lease, logger: .silent)
                    #expect(try await signer.checkpointNow()?.number == run)
                }
                let signer = CheckpointSigner(client, settings: settings(key, state: state), leaseDuration: lease, logger: log.logger)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await signer.run() }
                    try await eventually { signer.isHolder }
                    server.kill()
                    try await server.start()
                    try await eventually { client.status.isReady }
                    #expect(try await server.ask("DBSIZE").integer ?? 9 <= 1)
                    // The first append finds the loss and says so.
                    for _ in 0..<2 { try await writer.append(12, to: store) }
                    try await eventually { try await checkpoints(client).count >= 1 }
                    let newest = try #require(try await checkpoints(client).last)
                    #expect(newest.number == 3)
                    #expect(newest.statement.lost?.number == 2)
                    #expect(newest.statement.from == .zero)
                    group.cancelAll()
                }
            }
            #expect(log.messages.contains { $0.hasPrefix("error: Redis lost checkpoints") })
        }

        @Test func `an anchor that cannot be read is said and not used`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["signed"])
            defer { server.stop() }
            let state = temporaryDirectory()
            defer { try? FileManager.default.removeItem(at: state) }
            let url = CheckpointAnchor.url(in: state, namespace: "signed")
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("{".utf8).write(to: url)
            #expect(throws: AuditError.self) { try CheckpointAnchor.load(from: url) }
            let log = RecordedLog()
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                let store = AuditStore(client, namespace: "signed", maximumLength: 100)
                let signer = CheckpointSigner(client, settings: settings(nil, state: state), logger: log.logger)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await signer.run() }
                    var writer = try #require(TestWriter("desk"))
                    try await writer.append(12, to: store)
                    try await eventually { (try? CheckpointAnchor.load(from: url).checkpoint.number) == 1 }
                    group.cancelAll()
                }
            }
            #expect(log.messages.filter { $0.hasPrefix("error: the anchor is not used") }.count == 1)
        }

        @Test func `writers whose last event was trimmed long ago are forgotten, others are not`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["signed"])
            defer { server.stop() }
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                let store = AuditStore(client, namespace: "signed", maximumLength: 10)
                let checkpoints = CheckpointStore(client, namespace: "signed")
                var writers = ["old", "present"].compactMap(TestWriter.init)
                try await writers[0].append(3, to: store)
                try await writers[1].append(10, to: store)
                #expect(try await checkpoints.pruneWriters(olderThan: .seconds(7 * 86_400)) == 0)
                try await eventually { try await checkpoints.pruneWriters(olderThan: .milliseconds(1)) == 1 }
                let left = try await server.ask("HKEYS", "signed:audit:writers")
                #expect(left.array?.compactMap(\.text) == ["present"])
            }
        }

        @Test func `no event goes unsigned while one writer writes as fast as it can`() async throws {
            let server = try await PrivateRedis.start(namespaces: ["signed"])
            defer { server.stop() }
            try await RedisClient.withClient(server.configuration, logger: .silent) { client in
                let store = AuditStore(client, namespace: "signed", maximumLength: 10_000)
                var settings = settings(try TestTrail.key(), every: 1000)
                settings.maximumEvents = 10_000
                let signer = CheckpointSigner(client, settings: settings, logger: .silent)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await signer.run() }
                    var writer = try #require(TestWriter("desk"))
                    for _ in 0..<30 { try await writer.append(500, to: store) }
                    try await signer.checkpointNow()
                    let all = try await checkpoints(client)
                    #expect(all.map(\.statement.count).reduce(0, +) == 15_000)
                    #expect(all.map(\.statement.skipped).reduce(0, +) == 0)
                    group.cancelAll()
                }
            }
        }
    }
}
