import CacheServices
import LoggingServices
import Testing

/// What an event says, by the table of the audit trail.
@Suite struct AuditEventTests {
    @Test func `a signal that was generated`() throws {
        let event = try AuditEvent.signalGenerated(.seed())
        #expect(event.eventType == .signalGenerated)
        #expect(event.symbol == "USDCOP")
        #expect(event.action == "Signal generated: BUY USDCOP at 4250.5 (confidence 0.85, v1.0)")
        #expect(event.beforeState == nil)
        #expect(event.afterState.canonical == #"{"action":"BUY","features":{"rsi":45},"price":4250.5}"#)
        #expect(event.metadata.canonical == #"{"confidence":0.85,"model_version":"v1.0","signal_id":"sig_123"}"#)
        #expect(event.userID == nil)
        #expect(event.ipAddress == nil)
    }

    @Test func `a signal that was executed`() throws {
        let event = try AuditEvent.signalExecuted(.seed(), execution: .sample())
        #expect(event.eventType == .signalExecuted)
        #expect(event.action == "Signal executed: BUY 1000 USDCOP at 4251.25 (filled)")
        #expect(event.beforeState.canonical == #"{"signal_action":"BUY","signal_price":4250.5}"#)
        #expect(event.afterState.canonical == #"{"executed_price":4251.25,"quantity":1000,"status":"filled"}"#)
        #expect(
            event.metadata.canonical
                == #"{"execution_id":"exec-1","execution_price":4251.25,"execution_time":"2025-01-15T10:30:01.000Z","signal_id":"sig_123"}"#
        )
    }

    @Test func `a position that was opened`() throws {
        let event = try AuditEvent.positionOpened(.sample())
        #expect(event.eventType == .positionOpened)
        #expect(event.action == "Position opened: long 1000 USDCOP at 4250 (pos-1)")
        #expect(event.beforeState == nil)
        #expect(
            event.afterState.canonical
                == #"{"entry_price":4250,"entry_time":"2025-01-15T10:30:00.000Z","position_id":"pos-1","quantity":1000}"#)
        #expect(event.metadata.canonical == #"{"entry_price":4250,"position_id":"pos-1","quantity":1000}"#)
        #expect(try AuditEvent.positionOpened(.sample(quantity: -3)).action == "Position opened: short 3 USDCOP at 4250 (pos-1)")
    }

    @Test func `a position that was closed`() throws {
        let event = try AuditEvent.positionClosed(.sample(), pnl: -20)
        #expect(event.eventType == .positionClosed)
        #expect(event.action == "Position closed: USDCOP at 4262.5, PnL -20 (0.29 %)")
        #expect(event.beforeState.canonical == #"{"entry_price":4250,"position_id":"pos-1","status":"OPEN"}"#)
        #expect(event.afterState.canonical == #"{"exit_price":4262.5,"pnl":-20,"pnl_percent":0.29,"status":"CLOSED"}"#)
        #expect(event.metadata.canonical == #"{"exit_price":4262.5,"pnl":-20,"pnl_percent":0.29,"position_id":"pos-1"}"#)
    }

    @Test func `a risk alert is kept whole, and is about the system unless it names a symbol`() throws {
        let event = try AuditEvent.riskAlert(.sample())
        #expect(event.eventType == .riskAlert)
        #expect(event.symbol == "SYSTEM")
        #expect(event.action == "Risk alert: high MAX_DRAWDOWN: Drawdown is beyond its limit (value 12.5, threshold 10)")
        #expect(event.beforeState == nil)
        #expect(event.afterState == (try RiskAlert.sample().jsonValue))
        #expect(event.metadata.canonical == #"{"alert_type":"MAX_DRAWDOWN","current_value":12.5,"severity":"high","threshold":10}"#)
        #expect(try AuditEvent.riskAlert(.sample(symbol: "USDCOP")).symbol == "USDCOP")
    }

    @Test func `a system event says what the caller says`() throws {
        let event = AuditEvent.system("Service started", metadata: ["version": "1.0"])
        #expect(event.eventType == .systemEvent)
        #expect(event.symbol == "SYSTEM")
        #expect(event.action == "Service started")
        #expect(event.beforeState == nil)
        #expect(event.afterState == nil)
        #expect(event.metadata == ["version": "1.0"])
        #expect(AuditEvent.system("x").metadata == nil)
        #expect(AuditEvent.system("x", metadata: 7).metadata == ["value": 7])
    }

    @Test func `typed values and their JSON make the same event`() throws {
        let signal = try Signal.seed()
        let execution = try SignalExecution.sample()
        let position = try Position.sample()
        let alert = try RiskAlert.sample()
        #expect(try AuditEvent(type: .signalGenerated, data: signal.jsonValue) == .signalGenerated(signal))
        let executed: JSONValue = ["signal": signal.jsonValue, "execution": execution.jsonValue]
        #expect(try AuditEvent(type: .signalExecuted, data: executed) == .signalExecuted(signal, execution: execution))
        #expect(try AuditEvent(type: .positionOpened, data: position.jsonValue) == .positionOpened(position))
        let closed: JSONValue = ["position": position.jsonValue, "pnl": 12.5]
        #expect(try AuditEvent(type: .positionClosed, data: closed) == .positionClosed(position, pnl: 12.5))
        #expect(try AuditEvent(type: .riskAlert, data: alert.jsonValue) == .riskAlert(alert))
        #expect(try AuditEvent(type: .systemEvent, data: ["event": "Started"]) == .system("Started"))
    }

    @Test func `the caller's metadata is merged, and identifying fields win without losing what was given`() throws {
        let event = try AuditEvent.signalGenerated(.seed(), metadata: ["desk": "FX", "signal_id": "other", "confidence": 0.85])
        #expect(
            event.metadata.canonical
                == #"{"confidence":0.85,"desk":"FX","model_version":"v1.0","overridden":{"signal_id":"other"},"signal_id":"sig_123"}"#)
    }

    @Test func `a profit that is no number makes no event`() throws {
        let position = try Position.sample()
        for pnl in [Double.nan, .infinity] {
            #expect(throws: ValidationError.self) { try AuditEvent.positionClosed(position, pnl: pnl) }
        }
    }

    @Test func `executions and alerts are valid by construction`() {
        #expect(throws: ValidationError.self) {
            try SignalExecution(executionID: "", price: 0, quantity: .nan, status: "a\nb", timestamp: .sample)
        }
        #expect(throws: ValidationError.self) {
            try RiskAlert(type: "", severity: "x", message: "m", threshold: .infinity, currentValue: 1)
        }
    }
}

extension JSONValue? {
    /// The canonical text; empty when there is nothing.
    var canonical: String { map { String(decoding: JSONWriter.bytes($0), as: UTF8.self) } ?? "" }
}
