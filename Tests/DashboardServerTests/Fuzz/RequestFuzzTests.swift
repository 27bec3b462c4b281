import CacheServices
import Foundation
import RedisTesting
import Testing

@testable import DashboardServer

/// What a client sends: queries, paths, bodies, cursors and headers.
@Suite(.timeLimit(.minutes(30))) struct RequestFuzzTests {
    private static let words = ["%", "%2", "%zz", "+", "&", "==", "symbol=", "%00", "%ff", "limit=", "٣"]

    /// Foundation repairs what is no UTF-8 and drops a byte order mark; here the first is refused and the second stays.
    @Test func `what is decoded of an address is what Foundation decodes of it`() {
        let seeds = ["USD%2FCOP", "a+b%20c", "caf%C3%A9", "%E0%A4%B6", "%", "100%"]
        for input in FuzzInputs(seeds, words: Self.words) {
            let text = String(decoding: input, as: UTF8.self)
            let reference = text.removingPercentEncoding
            if let decoded = text[...].percentDecoded(plusIsSpace: false) {
                #expect(decoded == reference || decoded.unicodeScalars.contains("\u{feff}"), "\(input.fuzzed)")
            } else {
                #expect(reference?.unicodeScalars.contains("\u{fffd}") ?? true, "\(input.fuzzed)")
            }
        }
    }

    private enum Choice: String, CaseIterable { case latest, history, stats }

    @Test func `a query gives values in their range, or an error that names parameters`() throws {
        let seeds = ["type=history&symbol=USDCOP&limit=50", "start=2025-01-15T10:30:00%2B05:00&x=1", "all=true", "&&", "a=b=c"]
        for input in FuzzInputs(seeds, words: Self.words) {
            var reader = QueryReader(String(decoding: input, as: UTF8.self))
            let choice = reader.choice("type", of: Choice.self)
            let (symbol, limit) = (reader.symbol("symbol"), reader.integer("limit", in: 1...100))
            let (start, all) = (reader.timestamp("start"), reader.confirmation("all"))
            do throws(Problem) {
                try reader.finish()
                #expect(limit.map { (1...100).contains($0) } ?? true, "\(input.fuzzed)")
                #expect(input.isEmpty || choice != nil || symbol != nil || limit != nil || start != nil || all, "\(input.fuzzed)")
            } catch {
                #expect(
                    error.code == .invalidQuery && !error.items.isEmpty && error.items.count <= ValidationError.maximumProblems,
                    "\(input.fuzzed)")
                #expect(error.items.allSatisfy { $0.name.unicodeScalars.allSatisfy { $0.value >= 0x20 } }, "\(input.fuzzed)")
            }
        }
    }

    @Test func `a body is a value, or an error that names fields`() throws {
        let signal =
            #"{"signal_id":"s","timestamp":"2025-01-15T10:30:00.000Z","symbol":"USDCOP","action":"BUY","confidence":0.5,"price":1,"#
            + #""features":{"rsi":45},"model_version":"v1","execution_latency_ms":1}"#
        let seeds = [
            #"{"signal":\#(signal),"action":"set-and-add","audit":true}"#,
            #"{"event_type":"SIGNAL_GENERATED","data":\#(signal),"user_id":"ana"}"#,
            #"{"event_type":"RISK_ALERT","data":{"type":"x","severity":"high","message":"m","threshold":1,"current_value":2}}"#,
            #"{"event_type":"POSITION_CLOSED","data":{"position":{"position_id":"p","symbol":"USDCOP"},"pnl":1e300}}"#,
            #"{"event_type":"SIGNAL_EXECUTED","data":{"signal":\#(signal),"execution":{"execution_id":"e","price":1,"quantity":2}}}"#,
            #"{"event_type":"SYSTEM_EVENT","data":{"event":"x"},"metadata":{"a":[1]}}"#,
            #"{"service":"api","operation":"op","latency_ms":1.5,"success":true}"#,
            #"{"measurements":[{"service":"a","operation":"b","latency_ms":1}]}"#,
            #"{"url":"http://h/health","check_interval_ms":30000,"timeout_ms":5000}"#,
        ]
        let caller = Caller(name: "ana", role: .writer)
        for input in FuzzInputs(seeds, words: JSONWords.all) {
            guard let value = try? JSONParser.parse(input) else { continue }
            Self.expectNamed(input) { () throws(ValidationError) in _ = try PublishBody(value) }
            Self.expectNamed(input) { () throws(ValidationError) in _ = try LatencyBody(value) }
            Self.expectNamed(input) { () throws(ValidationError) in _ = try ServiceBody(value, name: "api") }
            Self.expectNamed(input) { () throws(ValidationError) in _ = try AuditEventBody(value, caller: caller, address: "127.0.0.1") }
        }
    }

    private static func expectNamed(_ input: [UInt8], _ body: () throws(ValidationError) -> Void) {
        do throws(ValidationError) {
            try body()
        } catch {
            #expect((1...ValidationError.maximumProblems).contains(error.problems.count), "\(input.fuzzed)")
        }
    }

    enum JSONWords {
        static let all = [
            #""symbol":"#, "{}", "[]", #""confidence":2"#, "SYSTEM_EVENT", "set-latest", #","x":1"#, "-1", "1e309", #""metadata":{"#,
            #""data":null"#,
        ]
    }

    @Test func `a place in the stream has one text, and no other is taken for it`() {
        let seeds = ["1736937000000-0.17_1736937000001-5.3", "0-0_0-0", "18446744073709551615-0_0-0", "1-1.9007199254740991_2-2"]
        for input in FuzzInputs(seeds, words: ["_", ".", "-", "9223372036854775807-0"]) {
            let text = String(decoding: input, as: UTF8.self)
            guard let cursor = StreamCursor(text) else { continue }
            #expect(cursor.text == text, "\(input.fuzzed)")
            #expect(cursor.furthest(cursor) == cursor, "\(input.fuzzed)")
        }
    }

    @Test func `headers: hosts, origins, conditions, request ids`() {
        let seeds = [
            "localhost:8090", "https://desk.example.com:8443", "[::1]:80", "W/\"abc\", \"def\"", "*", "http://127.0.0.1", "r-1.2_3",
        ]
        for input in FuzzInputs(seeds, words: ["://", ":", "[", "]", "@", "http://", "xn--", "127.0.0.1", ".localhost"]) {
            let text = String(decoding: input, as: UTF8.self)
            if let origin = WebOrigin(text) { #expect(origin.text == text && WebOrigin(origin.text) == origin, "\(input.fuzzed)") }
            if let host = WebHost(text, scheme: .http) {
                #expect(WebHost(host.text, scheme: .http) == host, "\(input.fuzzed)")
                #expect(host.port.map { (1...65_535).contains($0) } ?? true, "\(input.fuzzed)")
                #expect(!host.name.contains("/") && !host.name.contains("@"), "\(input.fuzzed)")
            }
            _ = EntityTag.matches("\"abc\"", condition: text)
            if RequestID.isSane(text) { #expect(text.wholeMatch(of: /[A-Za-z0-9._-]{1,128}/) != nil, "\(input.fuzzed)") }
            #expect(text.shownInAnswers.unicodeScalars.allSatisfy { (0x20...0x7e).contains($0.value) || $0 == "…" }, "\(input.fuzzed)")
        }
    }
}
