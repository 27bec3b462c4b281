import CacheServices
import Foundation
import Hiredis
import LoggingServices
import RedisTesting
import TestTurns
import Testing

@testable import DashboardServer

/// Each on a Redis of its own: a trail that is flushed under its writer says so.
@Suite(.takesTurns, .serialized, .timeLimit(.minutes(1)))
struct AuditRoutesTests {
    private static let route = "/api/audit/signals"

    private static func log(_ service: RunningService, _ type: String, _ data: String, _ rest: String = "") async throws -> HTTPReply {
        try await service.send("POST", route, #"{"event_type": "\#(type)", "data": \#(data)\#(rest)}"#)
    }

    @Test func `records an event and reads it back, with the addresses of the seed`() async throws {
        try await RunningService.with { (service) async throws in
            let post = try await Self.log(service, "SIGNAL_GENERATED", Samples.signal, #", "metadata": {"desk": "FX"}"#)
            #expect(post.status == 201)
            let entry = try #require(post.json["entry"])
            #expect(entry["action"] == "Signal generated: BUY USDCOP at 4250.5 (confidence 0.85, v1.0)")
            #expect(entry["event_type"] == "SIGNAL_GENERATED")
            #expect(entry["symbol"] == "USDCOP")
            #expect(entry["ip_address"] == "127.0.0.1")
            #expect(entry["user_id"] == nil)
            #expect(entry["after_state"] == ["action": "BUY", "features": ["rsi": 45], "price": 4250.5])
            #expect(entry["metadata"] == ["confidence": 0.85, "desk": "FX", "model_version": "v1.0", "signal_id": "sig_123"])
            #expect(post.json["durability"] == "aof-everysec")
            let id = try #require(post.json["stream_id"]?.text)

            let trail = try await service.get("\(Self.route)?eventType=SIGNAL_GENERATED&limit=100")
            #expect(trail.status == 200)
            #expect(trail.json["count"] == 1)
            #expect(trail.json["next_cursor"] == .null)
            let read = try #require(trail.json["entries"]?.elements?.first)
            #expect(read["stream_id"]?.text == id)
            #expect(JSONValue.object((read.members ?? []).filter { $0.name != "stream_id" }) == entry)
            #expect(try await service.get(Self.route).json == trail.json)
            #expect(try await service.get("\(Self.route)?type=trail&eventType=RISK_ALERT").json["count"] == 0)

            let stats = try await service.get("\(Self.route)?type=stats")
            #expect(stats.json["stats"]?["total_events"] == 1)
            #expect(stats.json["stats"]?["events_by_type"]?["SIGNAL_GENERATED"] == 1)
            #expect(stats.json["stats"]?["events_by_type"]?["POSITION_CLOSED"] == 0)
            #expect(stats.json["stats"]?["events_by_symbol"] == ["USDCOP": 1])
            #expect(stats.json["stats"]?["recent_events"] == 1)

            let stored = try #require(try await service.redis.ask("XRANGE", "usdcop:audit:events", "-", "+").array?.first?.array)
            #expect(stored[0].text == id)
            #expect(try Samples.json(stored[1].array?.last?.text ?? "") == entry)
        }
    }

    @Test(
        arguments: [
            (
                "SIGNAL_EXECUTED",
                #"{"signal": \#(Samples.signal), "execution": {"execution_id": "e1", "price": 4251, "quantity": 10, "status": "filled", "timestamp": "2025-01-15T10:30:01Z"}}"#,
                "Signal executed: BUY 10 USDCOP at 4251 (filled)"
            ),
            ("POSITION_OPENED", Samples.position, "Position opened: long 1000 USDCOP at 4200 (pos_1)"),
            (
                "POSITION_CLOSED", #"{"position": \#(Samples.position), "pnl": 50500}"#,
                "Position closed: USDCOP at 4250.5, PnL 50500 (1.2 %)"
            ),
            (
                "RISK_ALERT", #"{"type": "VAR", "severity": "high", "message": "beyond", "threshold": 1, "current_value": 2}"#,
                "Risk alert: high VAR: beyond (value 2, threshold 1)"
            ),
            ("SYSTEM_EVENT", #"{"event": "Started"}"#, "Started"),
        ])
    func `takes every type`(type: String, data: String, action: String) async throws {
        try await RunningService.with { (service) async throws in
            let post = try await Self.log(service, type, data)
            #expect(post.status == 201)
            #expect(post.json["entry"]?["action"]?.text == action)
            #expect(post.json["entry"]?["event_type"]?.text == type)
        }
    }

    @Test func `pages add up, by cursor`() async throws {
        try await RunningService.with { (service) async throws in
            for number in 0..<25 { #expect(try await Self.log(service, "SYSTEM_EVENT", #"{"event": "no \#(number)"}"#).status == 201) }
            for filter in ["", "&eventType=SYSTEM_EVENT&symbol=SYSTEM&startTime=2025-01-01T00:00:00Z"] {
                var actions: [String] = []
                var cursor: String?
                repeat {
                    let page = try await service.get("\(Self.route)?limit=10\(filter)\(cursor.map { "&cursor=\($0)" } ?? "")")
                    #expect(page.status == 200)
                    actions += (page.json["entries"]?.elements ?? []).compactMap { $0["action"]?.text }
                    cursor = page.json["next_cursor"]?.text
                } while cursor != nil
                #expect(actions == (0..<25).reversed().map { "no \($0)" })
            }
        }
    }

    @Test func `an idempotency key records once, and refuses another body`() async throws {
        try await RunningService.with { (service) async throws in
            let body = #"{"event_type": "SYSTEM_EVENT", "data": {"event": "once"}}"#
            let headers = [("Idempotency-Key", "4f2c")]
            let first = try await service.send("POST", Self.route, body, headers: headers)
            #expect(first.status == 201)
            #expect(first["Idempotent-Replayed"] == nil)
            let again = try await service.send("POST", Self.route, body, headers: headers)
            #expect(again.status == 201)
            #expect(again.json == first.json)
            #expect(again["Idempotent-Replayed"] == "true")
            let other = try await service.send("POST", Self.route, body.replacingSubrange("once", "twice"), headers: headers)
            #expect(other.status == 409)
            #expect(other.code == "idempotency_conflict")
            #expect(other.json["outcome"] == "not_recorded")
            #expect(try await service.redis.ask("XLEN", "usdcop:audit:events") == .integer(1))
            for bad in [[("Idempotency-Key", "a b")], [("Idempotency-Key", "")], headers + headers] {
                let reply = try await service.send("POST", Self.route, body, headers: bad)
                #expect(reply.status == 400)
                #expect(reply.code == "invalid_header")
            }
            #expect(try await service.redis.ask("XLEN", "usdcop:audit:events") == .integer(1))
        }
    }

    @Test func `exports are files, whole and streamed`() async throws {
        try await RunningService.with { (service) async throws in
            let data = #"{"event": "=1+1", "note": "a,\"b\""}"#
            for _ in 0..<3 { #expect(try await Self.log(service, "SYSTEM_EVENT", data).status == 201) }
            let csv = try await service.get("\(Self.route)?type=export&format=csv")
            #expect(csv.status == 200)
            #expect(csv["Content-Type"] == "text/csv; charset=utf-8; header=present")
            #expect(csv["Transfer-Encoding"] == "chunked")
            #expect(csv["Content-Disposition"]?.hasPrefix("attachment; filename=\"usdcop-audit-") == true)
            #expect(csv["Content-Disposition"]?.hasSuffix(".csv\"") == true)
            #expect(csv["Cache-Control"] == "no-cache")
            let rows = csv.text.components(separatedBy: "\r\n")
            #expect(rows.count == 5)
            #expect(rows[0].hasPrefix("stream_id,writer,seq,"))
            #expect(rows[1].contains(#","'=1+1",,,"{""note"":""a,\""b\""""}","127.0.0.1","#))
            let json = try await service.get("\(Self.route)?type=export")
            #expect(json["Content-Type"] == "application/json")
            #expect(json.json.elements?.count == 3)
            let lines = try await service.get("\(Self.route)?type=export&format=ndjson&symbol=SYSTEM&limit=2")
            #expect(lines["Content-Type"] == "application/x-ndjson")
            let records = lines.text.split(separator: "\n").compactMap { AuditRecord(line: $0.utf8) }
            #expect(records.map(\.sequence).count == 2)
            #expect(records.allSatisfy { $0.isIntact })
            let head = try await service.request("HEAD", "\(Self.route)?type=export&format=csv")
            #expect(head.status == 200)
            #expect(head["Content-Type"] == csv["Content-Type"])
            #expect(head.body.isEmpty)
        }
    }

    @Test func `an empty trail exports as an empty file`() async throws {
        try await RunningService.with { (service) async throws in
            #expect(try await service.get("\(Self.route)?type=export").text == "[]\n")
            #expect(try await service.get("\(Self.route)?type=export&format=ndjson").text == "")
            #expect(try await service.get("\(Self.route)?type=export&format=csv").text.hasSuffix("prev,hash\r\n"))
        }
    }

    @Test func `verification gives the verdict, and names what was changed`() async throws {
        try await RunningService.with { (service) async throws in
            for number in 0..<3 { #expect(try await Self.log(service, "SYSTEM_EVENT", #"{"event": "\#(number)"}"#).status == 201) }
            let sound = try await service.get("\(Self.route)?type=verify")
            #expect(sound.status == 200)
            #expect(sound.json["is_sound"] == true)
            #expect(sound.json["entries"] == 3)
            try await service.redis.ask(
                "XADD", "usdcop:audit:events", "*", "writer", "rogue", "seq", "1", "prev", .text(String(repeating: "0", count: 64)), "hash",
                .text(String(repeating: "0", count: 64)), "entry", "{}")
            let broken = try await service.get("\(Self.route)?type=verify")
            #expect(broken.status == 200)
            #expect(broken.json["is_sound"] == false)
            #expect((broken.json["breaks"]?.elements ?? []).isEmpty == false)
        }
    }

    @Test func `an event beyond 16 KB is refused by its field`() async throws {
        try await RunningService.with { (service) async throws in
            let reply = try await Self.log(service, "SYSTEM_EVENT", #"{"event": "x", "blob": "\#(String(repeating: "a", count: 17_000))"}"#)
            #expect(reply.status == 422)
            #expect(reply.wrong == ["data"])
            #expect(try await service.redis.ask("EXISTS", "usdcop:audit:events") == .integer(0))
        }
    }

    @Test func `a key of another type is a 500 that leaves it alone`() async throws {
        try await RunningService.with { (service) async throws in
            try await service.redis.ask("SET", "usdcop:audit:events", "mine")
            for query in ["", "?symbol=USDCOP", "?type=stats", "?type=export&format=csv"] {
                let reply = try await service.get(Self.route + query)
                #expect(reply.status == 500)
                #expect(reply.code == "data_conflict")
            }
            #expect(try await service.redis.ask("GET", "usdcop:audit:events").text == "mine")
            try await service.redis.ask("DEL", "usdcop:audit:events")
        }
    }
}

@Suite(.takesTurns, .serialized, .timeLimit(.minutes(1)))
struct AuditCallerTests {
    private static let route = "/api/audit/signals"
    private static let body = #"{"event_type": "SYSTEM_EVENT", "data": {"event": "x"}, "user_id": "ana"}"#

    @Test func `the user is the name of the key; whom the caller names besides is in the metadata`() async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        try await RunningService.with {
            $0.keys = keys
        } _: { (service) async throws in
            let headers = [("X-API-Key", "writer-key-0123456789")]
            let post = try await service.send("POST", Self.route, Self.body, headers: headers)
            #expect(post.status == 201)
            #expect(post.json["entry"]?["user_id"] == "model")
            #expect(post.json["entry"]?["metadata"] == ["on_behalf_of": "ana"])
            let own = try await service.send("POST", Self.route, Self.body.replacingSubrange("ana", "model"), headers: headers)
            #expect(own.json["entry"]?["user_id"] == "model")
            #expect(own.json["entry"]?["metadata"] == nil)
            let reader = [("X-API-Key", "reader-key-0123456789")]
            #expect(try await service.get("\(Self.route)?userId=model", headers: reader).json["count"] == 2)
            #expect(try await service.get("\(Self.route)?userId=ana", headers: reader).json["count"] == 0)
            // The same idempotency key of another user is another one.
            for key in ["writer-key-0123456789", "administrator-key-0123456789"] {
                let reply = try await service.send(
                    "POST", Self.route, Self.body, headers: [("X-API-Key", key), ("Idempotency-Key", "k")])
                #expect(reply["Idempotent-Replayed"] == nil)
            }
        }
    }

    @Test func `without keys the caller says who it is`() async throws {
        try await RunningService.with { (service) async throws in
            let post = try await service.send("POST", Self.route, Self.body)
            #expect(post.json["entry"]?["user_id"] == "ana")
            #expect(post.json["entry"]?["metadata"] == nil)
        }
    }

    @Test func `clearing is for administrators, needs a reason, and leaves its own record`() async throws {
        let keys = try KeyRing(lines: AccessTests.keys)
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-audit-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: directory) }
        try await RunningService.with {
            $0.keys = keys
            $0.audit.stateDirectory = directory
        } _: { (service) async throws in
            let writer = [("X-API-Key", "writer-key-0123456789")]
            let boss = [("X-API-Key", "administrator-key-0123456789")]
            for _ in 0..<5 { #expect(try await service.send("POST", Self.route, Self.body, headers: writer).status == 201) }
            #expect(try await service.send("DELETE", Self.route, #"{"reason": "year end"}"#, headers: writer).status == 403)
            #expect(try await service.send("DELETE", Self.route, "{}", headers: boss).wrong == ["reason"])
            #expect(try await service.send("DELETE", Self.route, #"{"reason": "", "x": 1}"#, headers: boss).wrong == ["reason", "x"])
            #expect(try await service.request("DELETE", Self.route, headers: boss).status == 400)
            #expect(try await service.get(Self.route, headers: boss).json["count"] == 5)
            let cleared = try await service.send("DELETE", Self.route, #"{"reason": "year end"}"#, headers: boss)
            #expect(cleared.status == 200)
            #expect(cleared.json["cleared"] == 5)
            #expect(cleared.json["entry"]?["user_id"] == "boss")
            #expect(cleared.json["entry"]?["metadata"]?["reason"] == "year end")
            #expect(cleared.json["archive"]?.text?.contains("/") == false)
            let left = try await service.get(Self.route, headers: boss)
            #expect(left.json["count"] == 1)
            #expect(left.json["entries"]?.elements?.first?["stream_id"] == cleared.json["stream_id"])
        }
    }
}

@Suite(.takesTurns, .serialized, .timeLimit(.minutes(1)))
struct AuditOutageTests {
    private static let route = "/api/audit/signals"
    private static let body = #"{"event_type": "SYSTEM_EVENT", "data": {"event": "during"}}"#

    @Test func `while Redis is away events are spooled where there is a journal, and are in Redis when it is back`() async throws {
        let state = try ScratchState()
        try await RunningService.with {
            $0.audit.stateDirectory = state.url
        } _: { (service) async throws in
            #expect(try await service.send("POST", Self.route, Self.body).status == 201)
            service.redis.kill()
            try await eventually { (try? await service.send("POST", Self.route, Self.body).status) == 202 }
            let spooled = try await service.send("POST", Self.route, Self.body)
            #expect(spooled.status == 202)
            #expect(spooled.json["durability"] == "spooled")
            #expect(spooled.json["stream_id"] == .null)
            for query in ["", "?symbol=SYSTEM", "?type=stats", "?type=export", "?type=verify"] {
                let reply = try await service.get(Self.route + query)
                #expect(reply.status == 503)
                #expect(reply["Retry-After"] != nil)
            }
            try await service.redis.start()
            try await eventually {
                let page = try await service.get(Self.route)
                return page.status == 200
                    && page.json["entries"]?.elements?.contains { $0["audit_id"] == spooled.json["entry"]?["audit_id"] } == true
            }
        }
    }

    @Test func `an entry with the greatest id stops the stream, not the service: what comes after is there when the stream is gone`()
        async throws
    {
        let state = try ScratchState()
        try await RunningService.with {
            $0.audit.stateDirectory = state.url
        } _: { (service) async throws in
            #expect(try await service.send("POST", Self.route, Self.body).status == 201)
            try await service.redis.ask("XADD", "usdcop:audit:events", "18446744073709551615-18446744073709551615", "a", "b")
            let spooled = try await service.send("POST", Self.route, Self.body)
            #expect(spooled.status == 202)
            let verdict = try await service.get(Self.route + "?type=verify")
            #expect(verdict.text.contains("inserted") && verdict.text.contains("18446744073709551615-18446744073709551615"))
            try await service.redis.ask("DEL", "usdcop:audit:events")
            try await eventually {
                let page = try await service.get(Self.route)
                return page.json["entries"]?.elements?.contains { $0["audit_id"] == spooled.json["entry"]?["audit_id"] } == true
            }
            // Nobody is spared the truth by that: what was deleted is missed.
            #expect(try await service.get(Self.route + "?type=verify").text.contains("rogue_trim"))
        }
    }

    @Test func `without a journal an event that Redis cannot take is refused and says so`() async throws {
        try await RunningService.with { (service) async throws in
            service.redis.kill()
            let reply = try await service.send("POST", Self.route, Self.body)
            #expect(reply.status == 503)
            #expect(reply.json["outcome"] == "not_recorded" || reply.json["outcome"] == "unknown")
            #expect(reply["Retry-After"] != nil)
        }
    }

    @Test func `in memory the durability is none`() async throws {
        try await RunningService.with {
            $0.backend = .memory
        } _: { (service) async throws in
            let post = try await service.send("POST", Self.route, Self.body)
            #expect(post.status == 201)
            #expect(post.json["durability"] == "none")
            #expect(try await service.get(Self.route).json["count"] == 1)
            #expect(try await service.get("\(Self.route)?type=export&format=csv").text.contains("during"))
            #expect(try await service.get("\(Self.route)?type=verify").status == 503)
        }
    }

    @Test func `a client that goes away in the middle of an export holds nothing`() async throws {
        try await RunningService.with {
            $0.limits.maximumExports = 1
        } _: { (service) async throws in
            try await service.fillTrail()
            func connections() async throws -> Int {
                (try await service.redis.ask("CLIENT", "LIST").text ?? "").split(separator: "\n").count
            }
            let (before, rounds) = (try await connections(), 12)
            for _ in 0..<rounds {
                // It is let in when the place of the one before is free.
                try await eventually {
                    try await RawConnection.open(port: service.port) { (connection) async throws in
                        try await connection.send("GET \(Self.route)?type=export HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        return try await connection.take()?.starts(with: "HTTP/1.1 200".utf8) ?? false
                    }
                }
            }
            // Each had a connection to Redis. Some of others come and go, or have only just begun.
            try await eventually { try await connections() < before + rounds / 2 }
            #expect(try await service.get("/livez").status == 200)
        }
    }
}
