import CacheServices
import Hiredis
import RedisTesting
import Testing

extension Live {
    /// One contract over both streams.
    @Suite struct EventStreamContractTests {}
}

extension Live.EventStreamContractTests {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case redis, memory

        var testDescription: String { rawValue }

        func run(maximumLength: Int = 1000, _ body: @Sendable (any EventStream) async throws -> Void) async throws {
            switch self {
            case .memory: try await body(InMemoryEventStream(maximumLength: maximumLength))
            case .redis:
                try await withRedis { cache, _ async throws in
                    try await body(.redis(cache, maximumLength: maximumLength))
                }
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `entries keep their order, their fields and their bytes`(kind: Kind) async throws {
        try await kind.run { stream async throws in
            #expect(try await stream.newest(5).isEmpty)
            #expect(try await stream.entries(after: .zero, limit: 5).isEmpty)
            let fields = [StreamEntry.Field("b", [0, 255, 10]), .init("a", ""), .init("a", "2")]
            let first = try await stream.append(fields)
            let second = try await stream.append([.init("n", "2")])
            #expect(first < second)
            let entries = try await stream.entries(after: .zero, limit: 5)
            #expect(entries == [StreamEntry(id: first, fields: fields), StreamEntry(id: second, fields: [.init("n", "2")])])
            #expect(entries[0]["a"] == [])
            #expect(entries[0]["none"] == nil)
        }
    }

    @Test(arguments: Kind.allCases)
    func `reading goes on after an identity, and back from the newest`(kind: Kind) async throws {
        try await kind.run { stream async throws in
            var ids: [StreamID] = []
            for number in 0..<10 { ids.append(try await stream.append([.init("n", "\(number)")])) }
            #expect(try await stream.entries(after: ids[3], limit: 100).map(\.id) == Array(ids[4...]))
            #expect(try await stream.entries(after: ids[3], limit: 2).map(\.id) == Array(ids[4...5]))
            #expect(try await stream.entries(after: ids[9], limit: 2).isEmpty)
            #expect(try await stream.entries(after: .zero, limit: 0).map(\.id) == [ids[0]])
            #expect(try await stream.newest(3).map(\.id) == [ids[9], ids[8], ids[7]])
            #expect(try await stream.newest(100).count == 10)
        }
    }

    @Test(arguments: Kind.allCases)
    func `the cap is exact and drops the oldest`(kind: Kind) async throws {
        try await kind.run(maximumLength: 7) { stream async throws in
            for number in 0..<20 { try await stream.append([.init("n", "\(number)")]) }
            #expect(try await stream.entries(after: .zero, limit: 100).compactMap { $0["n"]?.text } == (13..<20).map(String.init))
        }
    }

    @Test(arguments: Kind.allCases)
    func `trimming answers how many went`(kind: Kind) async throws {
        try await kind.run { stream async throws in
            for number in 0..<10 { try await stream.append([.init("n", "\(number)")]) }
            #expect(try await stream.trim(to: 4) == 6)
            #expect(try await stream.trim(to: 4) == 0)
            #expect(try await stream.entries(after: .zero, limit: 100).compactMap { $0["n"]?.text } == ["6", "7", "8", "9"])
            #expect(try await stream.trim(to: -1) == 4)
            #expect(try await stream.newest(1).isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func `the stream tells its length, its ends and all that was ever added`(kind: Kind) async throws {
        try await kind.run(maximumLength: 3) { stream async throws in
            #expect(try await stream.info() == StreamInfo())
            var ids: [StreamID] = []
            for _ in 0..<5 { ids.append(try await stream.append([.init("n", "1")])) }
            #expect(try await stream.info() == StreamInfo(length: 3, firstID: ids[2], lastID: ids[4], entriesAdded: 5))
            try await stream.trim(to: 0)
            #expect(try await stream.info() == StreamInfo(length: 0, lastID: ids[4], entriesAdded: 5))
        }
    }

    @Test(arguments: Kind.allCases)
    func `a follower gets what it missed and then what comes`(kind: Kind) async throws {
        try await kind.run { stream async throws in
            var ids: [StreamID] = []
            for number in 0..<5 { ids.append(try await stream.append([.init("n", "\(number)")])) }
            var seen: [String] = []
            var sent = 5
            for try await batch in stream.follow(after: ids[1]) {
                seen += batch.compactMap { $0["n"]?.text }
                if seen.count == sent - 2 {
                    guard sent < 9 else { break }
                    try await stream.append([.init("n", "\(sent)")])
                    sent += 1
                }
            }
            #expect(seen == (2..<9).map(String.init))
        }
    }

    @Test(arguments: Kind.allCases)
    func `a follower ends with its task`(kind: Kind) async throws {
        try await kind.run { stream async throws in
            try await stream.append([.init("n", "1")])
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        for try await _ in stream.follow(after: .zero) {}
                    } catch {}
                }
                try? await Task.sleep(for: .milliseconds(20))
                group.cancelAll()
            }
        }
    }

    @Test func `following ends with an error when Redis dies, and costs other calls nothing`() async throws {
        try await withRedis { cache, server async throws in
            let stream = RedisEventStream.changes(cache.redis, namespace: cache.namespace)
            let following = stream.follow(after: .zero)
            try await SignalCache(cache).publish(try .sample())
            await #expect(throws: (any Error).self) {
                for try await batch in following {
                    #expect(batch.compactMap(ChangeEvent.init).map(\.event) == ["set-and-add"])
                    // The blocking read is under way again, on a connection of its own.
                    #expect(try await SignalCache(cache).getLatest() != nil)
                    server.kill()
                }
            }
        }
    }

    @Test func `identities never go back, whatever the clock does`() async throws {
        let clock = CacheClock(monotonic: { .now }, wall: { .sample })
        let stream = InMemoryEventStream(maximumLength: 10, clock: clock)
        let ids = [try await stream.append([]), try await stream.append([]), try await stream.append([])]
        #expect(ids.map(\.sequence) == [0, 1, 2])
        #expect(Set(ids.map(\.milliseconds)) == [1_736_937_000_000])
    }

    @Test(
        arguments: [
            ("1-2", 1, 2), ("1", 1, 0), ("0-0", 0, 0), ("18446744073709551615-18446744073709551615", .max, .max),
        ] as [(String, UInt64, UInt64)])
    func `an identity is read as Redis writes it`(text: String, milliseconds: UInt64, sequence: UInt64) {
        #expect(StreamID(text) == StreamID(milliseconds: milliseconds, sequence: sequence))
    }

    @Test(arguments: ["", "-", "1-", "-1", "a-1", "1-a", "1-2-3", "+1-2", "18446744073709551616-0", " 1-2", "٣-1"])
    func `what is no identity is refused`(text: String) {
        #expect(StreamID(text) == nil)
    }
}
