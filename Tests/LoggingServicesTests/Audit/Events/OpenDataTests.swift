import CacheServices
import LoggingServices
import Testing

/// Events of open JSON: what is needed, what is kept, and what is refused under which path.
@Suite struct OpenDataTests {
    private static func event(_ type: AuditEventType, _ data: String, metadata: JSONValue? = nil, userID: String? = nil) throws
        -> AuditEvent
    {
        try AuditEvent(type: type, data: JSONParser.parse(Array(data.utf8)), metadata: metadata, userID: userID)
    }

    private static func problems(_ type: AuditEventType, _ data: String, metadata: JSONValue? = nil, userID: String? = nil) -> [String] {
        do {
            _ = try event(type, data, metadata: metadata, userID: userID)
            return []
        } catch let error as ValidationError {
            return error.problems.map { "\($0.field) \($0.code.rawValue)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test(
        arguments: [
            (.signalGenerated, #"{"action":"SELL"}"#, "Signal generated: SELL UNKNOWN"),
            (.signalExecuted, #"{"signal":{"action":"BUY"},"execution":{"status":"rejected"}}"#, "Signal executed: BUY UNKNOWN (rejected)"),
            (.positionOpened, #"{"quantity":2,"entry_price":4000}"#, "Position opened: long 2 UNKNOWN at 4000"),
            (.positionClosed, #"{"position":{},"pnl":1.5}"#, "Position closed: UNKNOWN, PnL 1.5"),
            (.positionClosed, #"{"position":{"pnl":1.5}}"#, "Position closed: UNKNOWN, PnL 1.5"),
            (.riskAlert, #"{"type":"VAR","message":"beyond"}"#, "Risk alert: VAR: beyond"),
            (.systemEvent, #"{"event":"Started"}"#, "Started"),
        ] as [(AuditEventType, String, String)])
    func `nothing is needed but what the sentence says`(type: AuditEventType, data: String, action: String) throws {
        let event = try Self.event(type, data)
        #expect(event.action == action)
        #expect(event.symbol == (type == .riskAlert || type == .systemEvent ? "SYSTEM" : "UNKNOWN"))
    }

    @Test(
        arguments: [
            (.signalGenerated, "{}", ["data.action missing"]),
            (.signalGenerated, "[]", ["data wrong_type"]),
            (
                .signalGenerated, #"{"action":1,"price":"4","symbol":"usd cop"}"#,
                ["data.action wrong_type", "data.price wrong_type", "data.symbol malformed"]
            ),
            (.signalGenerated, #"{"action":"\n"}"#, ["data.action out_of_range"]),
            (.signalExecuted, "{}", ["data.execution missing", "data.signal missing"]),
            (.signalExecuted, #"{"signal":7,"execution":null}"#, ["data.signal wrong_type", "data.execution wrong_type"]),
            (.signalExecuted, #"{"signal":{},"execution":{}}"#, ["data.signal.action missing", "data.execution.status missing"]),
            (.positionOpened, "{}", ["data.entry_price missing", "data.quantity missing"]),
            (.positionClosed, "{}", ["data.position missing"]),
            (.positionClosed, #"{"position":{}}"#, ["data.pnl missing"]),
            (.positionClosed, #"{"position":{},"pnl":"1"}"#, ["data.pnl wrong_type"]),
            (.positionClosed, #"{"position":{"symbol":"x"},"pnl":1}"#, ["data.position.symbol malformed"]),
            (.riskAlert, "{}", ["data.message missing", "data.type missing"]),
            (.systemEvent, "{}", ["data.event missing"]),
            (.systemEvent, #"{"event":{"a":1}}"#, ["data.event wrong_type"]),
            (.systemEvent, #"{"event":""}"#, ["data.event out_of_range"]),
        ] as [(AuditEventType, String, [String])])
    func `what is missing or wrong is refused under its path`(type: AuditEventType, data: String, problems: [String]) {
        #expect(Self.problems(type, data) == problems)
    }

    @Test func `metadata is an object, and a user has a name`() {
        #expect(Self.problems(.systemEvent, #"{"event":"x"}"#, metadata: "text") == ["metadata wrong_type"])
        #expect(Self.problems(.systemEvent, #"{"event":"x"}"#, metadata: .null).isEmpty)
        #expect(Self.problems(.systemEvent, #"{"event":"x"}"#, userID: "") == ["user_id out_of_range"])
        #expect(Self.problems(.systemEvent, #"{"event":"x"}"#, userID: String(repeating: "u", count: 129)) == ["user_id out_of_range"])
        #expect(Self.problems(.systemEvent, #"{"event":"x"}"#, userID: "a\u{202e}b") == ["user_id malformed"])
        #expect(Self.problems(.systemEvent, #"{"event":"x"}"#, userID: String(repeating: "é", count: 128)).isEmpty)
        #expect(
            Self.problems(.signalGenerated, "{}", metadata: [], userID: "\n") == [
                "data.action missing", "metadata wrong_type", "user_id malformed",
            ])
    }

    @Test func `fields are kept as they were given, whatever their type`() throws {
        let event = try Self.event(.signalGenerated, #"{"action":"BUY","signal_id":42,"features":["rsi"],"venue":{"name":"SET-FX"}}"#)
        #expect(event.afterState.canonical == #"{"action":"BUY","features":["rsi"],"venue":{"name":"SET-FX"}}"#)
        #expect(event.metadata.canonical == #"{"signal_id":42}"#)
        let executed = try Self.event(
            .signalExecuted, #"{"signal":{"action":"BUY","note":1},"execution":{"status":"filled","fee":0.5},"broker":"B"}"#)
        #expect(executed.beforeState.canonical == #"{"note":1,"signal_action":"BUY"}"#)
        #expect(executed.afterState.canonical == #"{"fee":0.5,"status":"filled"}"#)
        #expect(executed.metadata.canonical == #"{"broker":"B"}"#)
        let system = try Self.event(.systemEvent, #"{"event":"Started","port":8090,"symbol":"USDCOP"}"#, metadata: ["port": 1])
        #expect(system.symbol == "USDCOP")
        #expect(system.metadata.canonical == #"{"overridden":{"port":8090},"port":1}"#)
    }

    @Test func `the sentence is one bounded line, whatever the caller's text is`() throws {
        let event = try Self.event(.signalGenerated, #"{"action":"BUY\r\n\u0000 NOW\u202e!","model_version":"v\t1"}"#)
        #expect(event.action == "Signal generated: BUY NOW! UNKNOWN (v 1)")
        // The state has what was given.
        #expect(event.afterState?["action"] == "BUY\r\n\u{0} NOW\u{202e}!")
        let long = String(repeating: "é", count: 100_000)
        let alert = try Self.event(.riskAlert, #"{"type":"\#(long)","severity":"\#(long)","message":"\#(long)"}"#)
        #expect(alert.action.unicodeScalars.count < 2400)
        #expect(alert.action.hasSuffix("…"))
        #expect(alert.afterState?["message"] == .string(long))
    }

    @Test func `a system event that does not fit on one line keeps its text`() throws {
        let event = try Self.event(.systemEvent, #"{"event":" Disk\nfull "}"#)
        #expect(event.action == "Disk full")
        #expect(event.metadata == ["event": " Disk\nfull "])
        let long = String(repeating: "x", count: 3000)
        #expect(AuditEvent.system(long).action == String(repeating: "x", count: 2000) + "…")
        #expect(AuditEvent.system(long).metadata == ["event": .string(long)])
    }

    @Test func `integers beyond what a double can hold stay exact`() throws {
        let event = try Self.event(.riskAlert, #"{"type":"T","message":"m","current_value":9007199254740993}"#)
        #expect(event.action == "Risk alert: T: m (value 9007199254740993)")
        #expect(event.metadata.canonical == #"{"alert_type":"T","current_value":9007199254740993}"#)
    }
}
