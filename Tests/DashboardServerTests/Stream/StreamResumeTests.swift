import CacheServices
import Foundation
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(5)))
struct StreamResumeTests {
    /// Two servers of one Redis.
    static func withTwo(_ body: @Sendable (RunningService, RunningService) async throws -> Void) async throws {
        try await RunningService.with { (one) async throws in
            try await RunningService.with(redis: one.redis) { (two) async throws in try await body(one, two) }
        }
    }

    private static func signal(_ number: Int) throws -> Signal {
        try Signal(stored: JSONWriter.bytes(try Samples.json(Samples.signal("s\(number)"))))
    }

    /// Where two lists part.
    private static func difference(_ found: [String], _ expected: [String]) -> String? {
        let place = zip(found, expected).prefix { $0 == $1 }.count
        guard place < max(found.count, expected.count) else { return nil }
        return "at \(place): \(found.dropFirst(place).prefix(3)) for \(expected.dropFirst(place).prefix(3))"
    }

    private static let isSoak = ProcessInfo.processInfo.environment["USDCOP_SOAK"] == "1"

    @Test(arguments: isSoak ? [1, 2, 3, 4, 5] : [7])
    func `random disconnects across two servers lose nothing and repeat nothing`(seed: UInt64) async throws {
        let rounds = Self.isSoak ? 100 : 20
        try await Self.withTwo { one, two in
            let total = rounds * 12
            // The client begins before the first event.
            var place = try await EventStreamClient.open(port: one.port, topics: "signals,audit") { (client) async throws in
                try await client.next("open").id
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 0..<total {
                        let writer = number % 2 == 0 ? one.service : two.service
                        try await writer.signals.publish(try Self.signal(number))
                        _ = try await writer.audit.log(.system("event \(number)", metadata: ["number": .integer(number)]))
                    }
                }
                var random = SeededGenerator(seed: seed)
                var (signals, audits, disconnects) = ([String](), [Int](), 0)
                while signals.count < total || audits.count < total {
                    let server = Bool.random(using: &random) ? one : two
                    let isLast = disconnects >= rounds
                    // What comes behind the last event that was taken is thrown away with the connection.
                    let length = isLast ? Int.max : Int.random(in: 0...(2 * total / rounds), using: &random)
                    let after = place
                    let got = try await EventStreamClient.open(port: server.port, topics: "signals,audit", after: after) {
                        (client) async throws in
                        var events: [EventStreamClient.Event] = []
                        while events.count < length, events.count < 2 * total - signals.count - audits.count {
                            let event = try #require(try await client.next())
                            if event.name == "open" { #expect(event.id == after) } else { events.append(event) }
                        }
                        return (events, client.lastEventID)
                    }
                    place = got.1
                    disconnects += 1
                    #expect(got.0.allSatisfy { ["signals", "audit"].contains($0.name) && $0.id != nil })
                    signals += got.0.filter { $0.name == "signals" }.compactMap { $0.value["signal_id"]?.text }
                    audits += got.0.compactMap { $0.value["metadata"]?["number"]?.double.map { Int($0) } }
                }
                #expect(disconnects >= rounds)
                #expect(Self.difference(signals, (0..<total).map { "s\($0)" }) == nil)
                #expect(Self.difference(audits.map(String.init), (0..<total).map(String.init)) == nil)
                try await group.waitForAll()
            }
        }
    }

    @Test func `a long absence is caught up from Redis, through pieces, on a server that just started`() async throws {
        try await RunningService.with { (one) async throws in
            let place = try await EventStreamClient.open(port: one.port, topics: "signals,audit") { (client) async throws in
                try await client.next("open").id
            }
            for number in 0..<900 {
                try await one.service.signals.publish(try Self.signal(number))
                _ = try await one.service.audit.log(.system("event \(number)", metadata: ["number": .integer(number)]))
            }
            try await RunningService.with(redis: one.redis) { (two) async throws in
                try await EventStreamClient.open(port: two.port, topics: "signals,audit", after: place) { (client) async throws in
                    _ = try await client.next("open")
                    let events = try await client.next(1800, of: ["signals", "audit", "reset"])
                    #expect(
                        events.filter { $0.name == "signals" }.map { $0.value["signal_id"]?.text } == (0..<900).map { "s\($0)" })
                    #expect(
                        events.filter { $0.name == "audit" }.map { $0.value["metadata"]?["number"]?.double }
                            == (0..<900).map(Double.init))
                    try await one.service.signals.publish(try Self.signal(900))
                    #expect(try await client.next("signals").value["signal_id"] == "s900")
                }
                #expect(two.service.stream.counts.caughtUp >= 2 * (900 - StreamFollower.past))
            }
        }
    }

    @Test func `a client that is ahead of its new server waits for it`() async throws {
        try await Self.withTwo { one, two in
            // The hub of the second server is awake, and looks at every entry later than the first one does or not: both ways are right.
            try await EventStreamClient.open(port: two.port, topics: "signals") { (other) async throws in
                _ = try await other.next("open")
                for number in 0..<50 {
                    let place = try await EventStreamClient.open(port: one.port, topics: "signals") { (client) async throws in
                        _ = try await client.next("open")
                        try await one.service.signals.publish(try Self.signal(number))
                        return try await client.next("signals").id
                    }
                    try await EventStreamClient.open(port: two.port, topics: "signals", after: place) { (client) async throws in
                        _ = try await client.next("open")
                        try await one.service.signals.publish(try Self.signal(1000 + number))
                        #expect(try await client.next()?.value["signal_id"]?.text == "s\(1000 + number)")
                    }
                }
            }
        }
    }

    @Test func `a quiet topic keeps its place while others are busy`() async throws {
        try await RunningService.with {
            $0.streams.keepAlive = .milliseconds(50)
        } _: { (service) async throws in
            let place = try await EventStreamClient.open(port: service.port, topics: "positions") { (client) async throws in
                let first = try #require(try await client.next("open").id.flatMap(StreamCursor.init))
                for number in 0..<20 { try await service.service.signals.publish(try Self.signal(number)) }
                // The identity beside a comment is a place to go on from.
                func ordinal(_ id: String?) -> Int { id.flatMap(StreamCursor.init)?.changes.ordinal ?? 0 }
                while ordinal(client.lastEventID) < ordinal(first.text) + 20 { try await client.receive() }
                #expect(client.comments > 0)
                return client.lastEventID
            }
            try await service.redis.ask("XTRIM", "usdcop:events", "MAXLEN", "0")
            _ = try await service.send("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position)}"#)
            // On a server that has not seen what was trimmed: without that place it could only say that something may be missing.
            try await RunningService.with(redis: service.redis) { (other) async throws in
                try await EventStreamClient.open(port: other.port, topics: "positions", after: place) { (client) async throws in
                    _ = try await client.next("open")
                    #expect(try await client.next()?.name == "positions")
                }
            }
        }
    }

    @Test func `a client that was quiet for longer than anything is kept misses nothing and is told of no loss`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "positions") { (client) async throws in
                _ = try await client.next("open")
                for number in 0..<(StreamLog.maximumCount + 500) {
                    try await service.service.metrics.setCustomMetric("a", CustomMetricValue(Double(number)))
                }
                _ = try await service.send("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position)}"#)
                #expect(try await client.next()?.name == "positions")
                #expect(service.service.stream.counts.caughtUp == 0)
            }
        }
    }

    @Test func `a client that falls behind what is kept reads the rest from Redis`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "audit", receiveBuffer: 4096) { (client) async throws in
                _ = try await client.next("open")
                // More than the connection and the log take, and less than Redis keeps.
                let text = String(repeating: "x", count: 4000)
                for number in 0..<2000 {
                    _ = try await service.service.audit.log(
                        .system("event", metadata: ["number": .integer(number), "text": .string(text)]))
                }
                for number in 0..<2000 {
                    let event = try #require(try await client.next())
                    guard event.value["metadata"]?["number"] == .integer(number) else {
                        Issue.record("\(event.name) \(event.value["metadata"]?["number"] ?? .null) for \(number)")
                        break
                    }
                }
                #expect(service.service.stream.counts.caughtUp > 0)
                #expect(service.service.stream.counts.resets == 0)
            }
        }
    }
}
