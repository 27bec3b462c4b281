import CacheServices
import Hiredis
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

@Suite(.takesTurns, .timeLimit(.minutes(1)))
struct StreamTests {
    @Test func `the head says what it is, that nobody may keep it, and that nobody may gather it`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port) { (client) async throws in
                #expect(client.head.status == 200)
                #expect(client.head["Content-Type"] == "text/event-stream")
                #expect(client.head["Cache-Control"] == "no-store")
                #expect(client.head["X-Accel-Buffering"] == "no")
                #expect(client.head["X-Request-ID"] != nil)
                let open = try #require(try await client.next())
                #expect(open.name == "open")
                #expect(open.data["server"]?.text == service.service.stream.server)
                #expect(open.data["cursor"]?.text == open.id)
                #expect(StreamCursor(open.id ?? "") != nil)
            }
            let head = try await service.request("HEAD", "/api/stream")
            #expect(head.status == 200)
            #expect(head["Content-Type"] == "text/event-stream")
            try await eventually { service.service.stream.clients == 0 }
        }
    }

    @Test func `every change of the caches arrives with its key and the value that its route shows`() async throws {
        try await RunningService.with { (service) async throws in
            let topics: Set<String> = ["signals", "positions", "metrics"]
            try await EventStreamClient.open(port: service.port, topics: "signals,positions,metrics") { (client) async throws in
                _ = try await client.next("open")
                _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
                _ = try await service.send("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position)}"#)
                _ = try await service.send("PUT", "/api/cache/metrics", #"{"metrics": \#(Samples.metrics)}"#)
                _ = try await service.send("PUT", "/api/cache/metrics/custom/a", #"{"value": 1}"#)
                _ = try await service.request("DELETE", "/api/cache/positions/USDCOP")
                _ = try await service.request("DELETE", "/api/cache/signals?all=true")
                let events = try await client.next(6, of: topics)
                #expect(events.map(\.name) == ["signals", "positions", "metrics", "metrics", "positions", "signals"])
                #expect(events.map(\.event) == ["set-and-add", "set", "set", "set", "deleted", "cleared"])
                #expect(
                    events.map(\.key) == [
                        "signal:history:USDCOP", "position:active:USDCOP", "metrics:financial", "metrics:custom:a",
                        "position:active:USDCOP",
                        "signal",
                    ])
                #expect(events[0].value == (try Self.canonical(Samples.signal)))
                #expect(events[1].value == (try Self.canonical(Samples.position)))
                #expect(events[2].value == (try Self.canonical(Samples.metrics)))
                #expect(events[3].value == ["name": "a", "value": 1])
                #expect(events[4].value == .null)
                #expect(events[5].value == .null)
                let cursors = events.compactMap { $0.id.flatMap(StreamCursor.init) }
                #expect(cursors.count == 6)
                #expect(zip(cursors, cursors.dropFirst()).allSatisfy { $0.changes.id < $1.changes.id })
                #expect(zip(cursors, cursors.dropFirst()).allSatisfy { ($0.changes.ordinal ?? 0) < ($1.changes.ordinal ?? 0) })
            }
        }
    }

    @Test func `an event of the audit trail arrives as its route shows it`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "audit") { (client) async throws in
                _ = try await client.next("open")
                let body = #"{"event_type": "SYSTEM_EVENT", "data": {"event": "start"}}"#
                let posted = try await service.send("POST", "/api/audit/signals", body)
                #expect(posted.status == 201)
                let event = try await client.next("audit")
                #expect(event.event == "appended")
                #expect(event.key == "audit:events")
                let listed = try await service.get("/api/audit/signals?limit=1")
                #expect(event.value == listed.json["entries"]?.elements?.first)
                #expect(event.value["stream_id"] == posted.json["stream_id"])
            }
        }
    }

    @Test func `only what was asked for arrives`() async throws {
        try await RunningService.with { (service) async throws in
            try await EventStreamClient.open(port: service.port, topics: "positions") { (client) async throws in
                _ = try await client.next("open")
                _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal)}"#)
                _ = try await service.send("PUT", "/api/cache/positions/USDCOP", #"{"position": \#(Samples.position)}"#)
                #expect(try await client.next()?.name == "positions")
            }
        }
    }

    @Test func `a client that comes back gets what it missed, in order and once`() async throws {
        try await RunningService.with { (service) async throws in
            let place = try await EventStreamClient.open(port: service.port, topics: "signals,audit") { (client) async throws in
                _ = try await client.next("open")
                _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal("a"))}"#)
                _ = try await client.next("signals")
                return client.lastEventID
            }
            for id in ["b", "c"] { _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal(id))}"#) }
            let body = #"{"event_type": "SYSTEM_EVENT", "data": {"event": "between"}}"#
            _ = try await service.send("POST", "/api/audit/signals", body)
            try await EventStreamClient.open(port: service.port, topics: "signals,audit", after: place) { (client) async throws in
                #expect(try await client.next()?.id == place)
                let missed = try await client.next(3, of: ["signals", "audit", "reset"])
                #expect(missed.filter { $0.name == "signals" }.map { $0.value["signal_id"] } == ["b", "c"])
                #expect(missed.filter { $0.name == "audit" }.count == 1)
                _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal("d"))}"#)
                #expect(try await client.next()?.value["signal_id"] == "d")
            }
        }
    }

    @Test func `where the place is gone there is one reset with the number that is lost`() async throws {
        try await RunningService.with { (service) async throws in
            let place = try await EventStreamClient.open(port: service.port, topics: "signals") { (client) async throws in
                _ = try await client.next("open")
                _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal("a"))}"#)
                _ = try await client.next("signals")
                return client.lastEventID
            }
            for number in 0..<10 {
                _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal("b\(number)"))}"#)
            }
            try await service.redis.ask("XTRIM", "usdcop:events", "MAXLEN", "3")
            // The monitor of services may have put an entry between ours.
            let last = try #require(place.flatMap(StreamCursor.init)?.changes.ordinal)
            let added = try #require(try await service.redis.streamInfo("usdcop:events").entriesAdded)
            #expect(added - last >= 10)
            // Another server, which has not seen what is gone.
            try await RunningService.with(redis: service.redis) { (other) async throws in
                try await EventStreamClient.open(port: other.port, topics: "signals", after: place) { (client) async throws in
                    #expect(try await client.next()?.name == "open")
                    let reset = try #require(try await client.next())
                    #expect(reset.name == "reset")
                    #expect(reset.data["lost"] == .integer(added - 3 - last))
                    _ = try await service.send("POST", "/api/cache/signals", #"{"signal": \#(Samples.signal("c"))}"#)
                    var (kept, event) = ([String](), try await client.next("signals"))
                    while event.value["signal_id"] != "c" {
                        kept.append(event.value["signal_id"]?.text ?? "none")
                        event = try await client.next("signals")
                    }
                    #expect(kept.count <= 3 && kept == (0..<10).suffix(kept.count).map { "b\($0)" })
                }
            }
        }
    }

    private static func canonical(_ text: String) throws -> JSONValue { try JSONParser.parse(JSONWriter.bytes(try Samples.json(text))) }
}
