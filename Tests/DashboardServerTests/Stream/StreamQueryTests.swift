import CacheServices
import HTTPTypes
import RedisTesting
import Testing

@testable import DashboardServer

@Suite(.serialized, .sharedService, .timeLimit(.minutes(1)))
struct StreamQueryTests {
    @Test(arguments: [
        "topics=", "topics=signals,", "topics=prices", "topics=signals,signals", "topics=signals&topics=audit", "topics=Signals",
        "topics=signals%20", "topics", "after=1-1", "last_event_id=", "last_event_id=1", "topics=signals&x=1",
        "last_event_id=1-1.1_1-1.1&last_event_id=1-1.1_1-1.1",
    ])
    func `a query that is wrong is a 400 that names the parameter`(query: String) async throws {
        let service = try #require(SharedService.current)
        let reply = try await service.get("/api/stream?\(query)")
        #expect(reply.status == 400)
        #expect(reply.code == "invalid_query")
        #expect(!reply.wrong.isEmpty)
        if query == "topics=prices" {
            #expect(
                reply.json["errors"]?.elements?.first?["detail"]?.text?.contains(
                    "signals, positions, metrics, audit, health, latency, backend") == true)
        }
    }

    static let cursors = [
        "", "x", "0", "1-1", "1-1_", "_1-1", "1-1_1-1_1-1", "1-1.1", "1-1.1_1-1.x", "1-1.1_1-1.", "01-1.1_1-1.1", "1-1.01_1-1.1",
        "1-1.1_1-1.-1", "1-1.1 _1-1.1", "1-1.+1_1-1.1", "1.1_1.1", "99999999999999999999-0.1_1-1.1", "18446744073709551615-0.1_1-1.1",
        "1-1.9999999999999999999_1-1.1", "1-1.1_1-1.1\u{e9}", "-1.1_1-1.1", String(repeating: "1", count: 300), "1-1.1_1-1.1,1-1.1_1-1.1",
        "1-1.1152921504606846977_1-1.1", "١-1.1_1-1.1",
    ]

    @Test(arguments: cursors)
    func `an id that no server has given is a 400 that names the header`(text: String) async throws {
        #expect(StreamCursor(text) == nil)
        let service = try #require(SharedService.current)
        let reply = try await service.get("/api/stream", headers: [("Last-Event-ID", text)])
        #expect(reply.status == 400)
        // What is no ASCII the parser of HTTP may refuse by itself.
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            #expect(reply.code == "invalid_header")
            #expect(reply.json["errors"]?.elements?.first?["header"] == "Last-Event-ID")
        }
    }

    @Test func `two ids are none`() async throws {
        let service = try #require(SharedService.current)
        let header = ("Last-Event-ID", "0-0.0_0-0.0")
        #expect(try await service.get("/api/stream", headers: [header, header]).status == 400)
    }

    @Test(arguments: ["0-0.0_0-0.0", "1705314600000-0.12_1705314600000-3.77", "1-1_1-1", "9223372036854775807-18446744073709551615.1_0-0"])
    func `an id reads as it is written`(text: String) {
        #expect(StreamCursor(text)?.text == text)
    }

    @Test func `the header counts more than the parameter that the connection began with`() throws {
        let (old, new) = ("1-1.1_1-1.1", "2-2.2_2-2.2")
        #expect(try StreamQuery("last_event_id=\(old)", [:]).resumption?.text == old)
        #expect(try StreamQuery("last_event_id=\(old)", [.lastEventID: new]).resumption?.text == new)
        #expect(try StreamQuery(nil, [:]).topics == .all)
        #expect(try StreamQuery("topics=audit,backend", [:]).topics == StreamTopics([.audit, .backend]))
    }

    @Test func `methods other than GET and HEAD are a 405, and a body is refused`() async throws {
        let service = try #require(SharedService.current)
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            let reply = try await service.request(method, "/api/stream")
            #expect(reply.status == 405)
            #expect(reply["Allow"] == "GET, HEAD")
        }
        #expect(try await service.request("GET", "/api/stream", body: Array("{}".utf8)).status == 400)
    }
}
