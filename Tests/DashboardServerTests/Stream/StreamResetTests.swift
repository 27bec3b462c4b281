import CacheServices
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct StreamResetTests {
    private static func publish(_ service: RunningService, _ ids: [String]) async throws {
        for id in ids { _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal(id))}"#) }
    }

    /// A client's place after one signal.
    private static func place(on service: RunningService, topics: String = "signals") async throws -> String {
        let place = try await EventStreamClient.open(port: service.port, topics: topics) { (client) async throws in
            _ = try await client.next("open")
            try await publish(service, ["first"])
            _ = try await client.next("signals")
            return client.lastEventID
        }
        return try #require(place)
    }

    /// Resumes on a server that has seen nothing yet; gives what comes before the signal that is published then.
    private static func resume(
        after place: String, topics: String = "signals", redis: PrivateRedis
    ) async throws -> [EventStreamClient.Event] {
        try await RunningService.with(redis: redis) { (other) async throws in
            try await EventStreamClient.open(port: other.port, topics: topics, after: place) { (client) async throws in
                _ = try await client.next("open")
                // Whatever is behind the place is decided before anything that comes now.
                try await eventually { other.service.stream.isCurrent() }
                try await publish(other, ["last"])
                var events: [EventStreamClient.Event] = []
                while let event = try await client.next() {
                    if event.value["signal_id"] == "last" { break }
                    if event.name != "health" { events.append(event) }
                }
                return events
            }
        }
    }

    @Test(arguments: [0, 1, 5])
    func `what was trimmed is counted to the entry, and what is left follows`(kept: Int) async throws {
        try await RunningService.with { (service) async throws in
            let place = try await Self.place(on: service)
            try await Self.publish(service, (0..<10).map { "s\($0)" })
            try await service.redis.ask("XTRIM", "usdcop:events", "MAXLEN", .integer(kept))
            let last = try #require(StreamCursor(place)?.changes.ordinal)
            let added = try #require(try await service.redis.streamInfo("usdcop:events").entriesAdded)
            // The monitor of services may have put an entry between ours.
            let left = try await service.service.stream.feeds.changes.entries(after: .zero, limit: 100)
                .compactMap { ChangeEvent($0) }.filter { $0.topic == .signals }.count
            let events = try await Self.resume(after: place, redis: service.redis)
            #expect(events.first?.name == "reset")
            #expect(events.first?.data["lost"] == .integer(added - kept - last))
            #expect(events.dropFirst().map { $0.value["signal_id"]?.text } == (0..<10).suffix(left).map { "s\($0)" })
        }
    }

    @Test func `what is lost of both streams is added up into one reset`() async throws {
        try await RunningService.with { (service) async throws in
            let place = try await Self.place(on: service, topics: "signals,audit")
            try await Self.publish(service, ["a", "b", "c"])
            for number in 0..<4 { _ = try await service.service.audit.log(.system("event \(number)")) }
            let cursor = try #require(StreamCursor(place))
            let changes = try await service.redis.streamInfo("usdcop:events")
            let audit = try await service.redis.streamInfo("usdcop:audit:events")
            try await service.redis.ask("XTRIM", "usdcop:events", "MAXLEN", "1")
            try await service.redis.ask("XTRIM", "usdcop:audit:events", "MAXLEN", "1")
            let lost = [(changes, cursor.changes), (audit, cursor.audit)].map { ($0.entriesAdded ?? 0) - 1 - ($1.ordinal ?? 0) }
            let events = try await Self.resume(after: place, topics: "signals,audit", redis: service.redis)
            #expect(events.filter { $0.name == "reset" }.map { $0.data["lost"] } == [.integer(lost[0] + lost[1])])
        }
    }

    @Test func `what one stream lost takes nothing from the other`() async throws {
        try await RunningService.with { (service) async throws in
            let place = try await Self.place(on: service, topics: "signals,audit")
            for number in 0..<4 { _ = try await service.service.audit.log(.system("event \(number)")) }
            try await Self.publish(service, ["a", "b"])
            try await service.redis.ask("XTRIM", "usdcop:audit:events", "MAXLEN", "1")
            let events = try await Self.resume(after: place, topics: "signals,audit", redis: service.redis)
            #expect(events.filter { $0.name == "reset" }.map { $0.data["lost"] } == [3])
            #expect(events.filter { $0.name == "signals" }.map { $0.value["signal_id"]?.text } == ["a", "b"])
            #expect(events.filter { $0.name == "audit" }.count == 1)
        }
    }

    @Test func `a foreign value in the place of one stream does not stop the other`() async throws {
        try await RunningService.with { (service) async throws in
            _ = try await service.service.audit.log(.system("before"))
            let place = try await Self.place(on: service, topics: "signals,audit")
            try await Self.publish(service, ["missed"])
            try await service.redis.ask("DEL", "usdcop:audit:events")
            try await service.redis.ask("SET", "usdcop:audit:events", "mine")
            try await RunningService.with(redis: service.redis) { (other) async throws in
                let topics = "signals,audit,backend"
                try await EventStreamClient.open(port: other.port, topics: topics) { (client) async throws in
                    _ = try await client.next("open")
                    while try await client.next("backend").value["events"]?["code"] != "stream_damaged" {}
                    try await Self.publish(other, ["a"])
                    #expect(try await client.next("signals").value["signal_id"] == "a")
                    #expect(
                        try await other.get("/api/cache/stats").json["events"]?["detail"]?.text?.contains("usdcop:audit:events") == true)
                    // One that comes back gets what can be read, and is told that something cannot.
                    try await EventStreamClient.open(port: other.port, topics: "signals,audit", after: place) { (second) async throws in
                        _ = try await second.next("open")
                        #expect(try await second.next("reset").data["lost"] == .null)
                        try await Self.publish(other, ["b"])
                        #expect(try await second.next("signals").value["signal_id"] == "b")
                    }
                    #expect(try await service.redis.ask("GET", "usdcop:audit:events").text == "mine")
                    try await service.redis.ask("DEL", "usdcop:audit:events")
                    while try await client.next("backend").value["events"] != .null {}
                }
            }
        }
    }

    @Test func `trimming up to the place itself loses nothing`() async throws {
        try await RunningService.with { (service) async throws in
            let place = try await Self.place(on: service)
            try await Self.publish(service, ["a", "b"])
            let last = try #require(StreamCursor(place)?.changes.ordinal)
            let added = try #require(try await service.redis.streamInfo("usdcop:events").entriesAdded)
            try await service.redis.ask("XTRIM", "usdcop:events", "MAXLEN", .integer(added - last))
            let events = try await Self.resume(after: place, redis: service.redis)
            #expect(events.map { $0.value["signal_id"] } == ["a", "b"])
        }
    }

    @Test func `what was trimmed of a stream that the client does not follow is no loss`() async throws {
        try await RunningService.with { (service) async throws in
            let place = try await Self.place(on: service)
            for number in 0..<4 { _ = try await service.service.audit.log(.system("event \(number)")) }
            try await service.redis.ask("XTRIM", "usdcop:audit:events", "MAXLEN", "0")
            try await Self.publish(service, ["a"])
            let events = try await Self.resume(after: place, redis: service.redis)
            #expect(events.map { $0.value["signal_id"] } == ["a"])
        }
    }

    @Test func `a place of a stream that was made anew is one reset without a number`() async throws {
        try await RunningService.with { (service) async throws in
            let place = try await Self.place(on: service, topics: "signals,audit")
            try await service.redis.ask("FLUSHALL")
            try await Self.publish(service, ["a", "b", "c", "d"])
            let events = try await Self.resume(after: place, topics: "signals,audit", redis: service.redis)
            #expect(events.filter { $0.name == "reset" }.map { $0.data["lost"] } == [.null])
        }
    }

    @Test(arguments: ["1-1.1_1-1.1", "9000000000000-0.1_0-0.0", "0-0.0_0-0.0", "9000000000000-0_1-1"])
    func `a place that nobody ever had is no harm`(place: String) async throws {
        try await RunningService.with { (service) async throws in
            try await Self.publish(service, ["a"])
            let events = try await Self.resume(after: place, topics: "signals,audit", redis: service.redis)
            if place.hasPrefix("0-0") {
                #expect(events.map { $0.value["signal_id"] } == ["a"])
            } else {
                #expect(events.map(\.name) == ["reset"])
            }
        }
    }

    @Test func `when Redis is emptied under a live stream it says so once, and goes on`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "signals,audit") { (client) async throws in
                _ = try await client.next("open")
                try await Self.publish(service, ["a"])
                _ = try await client.next("signals")
                _ = try await service.service.audit.log(.system("one"))
                _ = try await client.next("audit")
                try await service.redis.ask("FLUSHALL")
                let reset = try #require(try await client.next())
                #expect(reset.name == "reset")
                #expect(reset.data["lost"] == .null)
                try await Self.publish(service, ["b"])
                // The trail says what was lost with an event of its own.
                var names: [String] = []
                while let event = try await client.next(), event.value["signal_id"] != "b" { names.append(event.name) }
                #expect(!names.contains("reset"))
            }
        }
    }

    @Test func `a stream that begins again at lower identities is noticed, too`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "signals") { (client) async throws in
                _ = try await client.next("open")
                try await Self.publish(service, ["a"])
                _ = try await client.next("signals")
                try await service.redis.ask("DEL", "usdcop:events")
                let value = RedisArgument.bytes(JSONWriter.bytes(try Samples.json(Samples.signal("old"))))
                try await service.redis.ask(
                    "XADD", "usdcop:events", "5-1", "topic", "signals", "event", "set-latest", "key", "signal:latest", "value", value)
                #expect(try await client.next()?.name == "reset")
                try await service.redis.ask(
                    "XADD", "usdcop:events", "5-2", "topic", "signals", "event", "set-latest", "key", "signal:latest", "value", value)
                #expect(try await client.next("signals").value["signal_id"] == "old")
            }
        }
    }

    @Test func `entries that nobody of ours wrote break no stream`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "signals,audit,metrics") { (client) async throws in
                _ = try await client.next("open")
                for fields in [
                    ["topic", "signals", "event", "x", "key", "k", "value", "{\n\"broken"], ["a", "b"],
                    ["topic", "prices", "event", "x", "key", "k"], ["topic", "latency", "event", "x", "key", "k", "value", "1"],
                ] {
                    try await service.redis.send("XADD", ["usdcop:events", "*"] + fields.map(RedisArgument.text))
                }
                try await service.redis.ask("XADD", "usdcop:audit:events", "*", "entry", "{}")
                // What is JSON in several lines is written in one.
                try await service.redis.ask(
                    "XADD", "usdcop:events", "*", "topic", "metrics", "event", "se\nt", "key", "k\r\nid: 1", "value", "{\n\"a\":\r\n1}")
                let event = try #require(try await client.next())
                #expect(event.name == "metrics")
                #expect(event.event == "se\nt")
                #expect(event.key == "k\r\nid: 1")
                #expect(event.value == ["a": 1])
                #expect(event.id.flatMap(StreamCursor.init)?.changes.ordinal != nil)
            }
        }
    }
}
