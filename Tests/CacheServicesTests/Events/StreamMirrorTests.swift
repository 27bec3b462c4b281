@testable import CacheServices
import Hiredis
import RedisTesting
import Testing

extension EventStream where Self == RedisEventStream {
    /// A stream under a reserved name, as the service keeps its own.
    static func redis(_ cache: RedisCacheClient, maximumLength: Int) -> RedisEventStream {
        RedisEventStream(
            cache.redis, schema: KeySchema(cache.namespace), name: "latency:measurements", maximumLength: maximumLength, isExact: true)
    }
}

extension Live {
    @Suite struct StreamMirrorTests {}
}

extension Live.StreamMirrorTests {
    private static let key = RedisArgument.text("usdcop:latency:measurements")

    private static func mirrored(
        maximumLength: Int = 100, _ body: @Sendable (StreamMirror<StreamEntry>, RedisEventStream, PrivateRedis) async throws -> Void
    ) async throws {
        try await withRedis { cache, server async throws in
            let stream = RedisEventStream.redis(cache, maximumLength: maximumLength)
            try await body(StreamMirror(stream, maximumLength: maximumLength), stream, server)
        }
    }

    private static func expectEqual(
        _ mirror: StreamMirror<StreamEntry>, _ stream: RedisEventStream, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await mirror.sync()
        let entries = try await stream.entries(after: .zero, limit: 100_000)
        #expect(await mirror.items == entries, sourceLocation: sourceLocation)
    }

    private static func append(_ count: Int, to stream: RedisEventStream) async throws {
        for number in 0..<count { try await stream.append([.init("n", "\(number)")]) }
    }

    @Test func `it reads only what is new`() async throws {
        try await Self.mirrored { mirror, stream, server in
            try await Self.expectEqual(mirror, stream)
            try await Self.append(10, to: stream)
            try await Self.expectEqual(mirror, stream)
            let before = try await server.commandCalls()
            try await mirror.sync()
            try await mirror.sync()
            let after = try await server.commandCalls()
            #expect(after["xinfo|stream", default: 0] - before["xinfo|stream", default: 0] == 2)
            #expect(after["xrange", default: 0] == before["xrange", default: 0])
            try await Self.append(5, to: stream)
            try await Self.expectEqual(mirror, stream)
            #expect(await mirror.reloads == 0)
        }
    }

    @Test func `waiting ends with the task that waits, and the look goes on`() async throws {
        try await Self.mirrored { mirror, stream, server in
            try await Self.append(3, to: stream)
            try await server.ask("CLIENT", "PAUSE", "800", "ALL")
            let start = ContinuousClock.now
            let waiting = Task { try await mirror.sync() }
            waiting.cancel()
            let result = await waiting.result
            #expect(start.duration(to: .now) < .milliseconds(500))
            guard case .failure(let error) = result else {
                Issue.record("the call was to end with the task")
                return
            }
            #expect((error as? CacheError)?.code == .cancelled)
            try await eventually { (try? await mirror.sync()) != nil }
            #expect(await mirror.items.count == 3)
        }
    }

    @Test func `it follows trimming without reading again`() async throws {
        try await Self.mirrored(maximumLength: 20) { mirror, stream, _ in
            for _ in 0..<5 {
                try await Self.append(13, to: stream)
                try await Self.expectEqual(mirror, stream)
            }
            try await stream.trim(to: 3)
            try await Self.expectEqual(mirror, stream)
            try await stream.trim(to: 0)
            try await Self.expectEqual(mirror, stream)
            try await Self.append(2, to: stream)
            try await Self.expectEqual(mirror, stream)
            #expect(await mirror.reloads == 0)
        }
    }

    @Test func `it reads again when single entries were deleted`() async throws {
        try await Self.mirrored { mirror, stream, server in
            try await Self.append(10, to: stream)
            try await Self.expectEqual(mirror, stream)
            let ids = await mirror.elements.map { RedisArgument.text("\($0.id)") }
            try await server.ask("XDEL", Self.key, ids[7])
            try await Self.expectEqual(mirror, stream)
            #expect(await mirror.reloads == 1)
            // An older one after a newer one leaves the greatest deleted identity as it is.
            try await server.ask("XDEL", Self.key, ids[4])
            try await Self.expectEqual(mirror, stream)
            #expect(await mirror.reloads == 2)
            try await server.ask("XDEL", Self.key, ids[2])
            try await Self.append(3, to: stream)
            try await Self.expectEqual(mirror, stream)
            #expect(await mirror.reloads == 3)
            try await server.ask("XDEL", Self.key, ids[0])
            try await Self.append(1, to: stream)
            try await Self.expectEqual(mirror, stream)
        }
    }

    @Test func `it reads again when the stream was replaced`() async throws {
        try await Self.mirrored { mirror, stream, server in
            try await Self.append(10, to: stream)
            try await Self.expectEqual(mirror, stream)
            try await server.ask("DEL", Self.key)
            try await Self.expectEqual(mirror, stream)
            #expect(await mirror.elements.isEmpty)
            try await Self.append(3, to: stream)
            try await Self.expectEqual(mirror, stream)
            try await server.ask("DEL", Self.key)
            try await Self.append(20, to: stream)
            try await Self.expectEqual(mirror, stream)
            try await server.ask("DEL", Self.key)
            try await server.ask("XADD", Self.key, "1-1", "n", "old")
            try await Self.expectEqual(mirror, stream)
            #expect(await mirror.reloads >= 2)
        }
    }

    @Test func `ten thousand entries are mirrored exactly while they keep coming`() async throws {
        try await Self.mirrored(maximumLength: 10_000) { mirror, stream, _ in
            for _ in 0..<3 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 { group.addTask { try await Self.append(225, to: stream) } }
                    group.addTask { for _ in 0..<5 { try await mirror.sync() } }
                    try await group.waitForAll()
                }
            }
            try await Self.expectEqual(mirror, stream)
            #expect(await mirror.elements.count == 10_000)
            #expect(await mirror.reloads == 0)
        }
    }

    @Test func `it keeps what it has when the stream cannot be read`() async throws {
        try await Self.mirrored { mirror, stream, server in
            try await Self.append(10, to: stream)
            try await mirror.sync()
            server.kill()
            await #expect(throws: CacheError.self) { try await mirror.sync() }
            #expect(await mirror.elements.count == 10)
        }
    }
}
