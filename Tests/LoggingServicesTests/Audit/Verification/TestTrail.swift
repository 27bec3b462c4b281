import CacheServices
import Hiredis
import Logging
import RedisTesting

@testable import LoggingServices

/// A small trail of several writers with its checkpoints.
struct TestTrail {
    let name: String
    let cap: Int
    let key: AuditSigningKey
    let anchor: CheckpointAnchor?
    let copy: TrailCopy

    /// 307 events of which the cap has left 200, and the last 7 are not signed.
    static func trimmed(_ client: RedisClient) async throws -> TestTrail {
        try await build(client, name: "trimmed", cap: 200, events: 300, unsigned: 7)
    }

    /// 160 events, all there and all signed.
    static func whole(_ client: RedisClient) async throws -> TestTrail {
        try await build(client, name: "whole", cap: 1000, events: 160, unsigned: 0)
    }

    static func settings(_ namespace: Namespace, cap: Int, key: AuditSigningKey?) -> AuditSettings {
        var settings = AuditSettings()
        settings.namespace = namespace
        settings.maximumEvents = cap
        settings.signingKey = key
        return settings
    }

    static func key() throws -> AuditSigningKey {
        guard let key = AuditSigningKey(contents: Array("a key for tests only".utf8)) else { throw NeverHappened() }
        return key
    }

    /// A trail is bound to its namespace, so it is built where it is attacked.
    private static func build(_ client: RedisClient, name: String, cap: Int, events: Int, unsigned: Int) async throws -> TestTrail {
        let namespace: Namespace = "attacked"
        try await TrailCopy.remove(client, namespace: namespace)
        let key = try key()
        let signer = CheckpointSigner(client, settings: settings(namespace, cap: cap, key: key), logger: .silent)
        let store = AuditStore(client, namespace: namespace, maximumLength: cap)
        var random = SeededGenerator(seed: 7)
        var writers = ["desk-a", "desk-b", "desk-c", "desk-d"].compactMap(TestWriter.init)
        var (written, newest) = (0, Checkpoint?.none)
        while written < events {
            let count = min(Int.random(in: 1...3, using: &random), events - written)
            try await writers[Int.random(in: 0..<writers.count, using: &random)].append(count, to: store)
            if written / 50 != (written + count) / 50 { newest = try await signer.checkpointNow() ?? newest }
            written += count
        }
        newest = try await signer.checkpointNow() ?? newest
        for _ in 0..<unsigned { try await writers[Int.random(in: 0..<writers.count, using: &random)].append(1, to: store) }
        return TestTrail(
            name: name, cap: cap, key: key, anchor: newest.map(CheckpointAnchor.init),
            copy: try await TrailCopy(client, namespace: namespace))
    }
}
