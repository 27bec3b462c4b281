import CacheServices
import LoggingServices

extension DeskReport {
    /// The event of a published signal.
    func generated(_ signal: Signal) throws(ValidationError) -> AuditEvent { signed(try .signalGenerated(signal, metadata: metadata)) }

    /// What the book did on its signal, or because a position had lost too much: the execution, then the positions that it closed and
    /// opened.
    func events(_ book: Book.Step, on signal: Signal?) throws(ValidationError) -> [AuditEvent] {
        guard let order = book.order else { return [] }
        let slippage = JSONValue.Member("slippage_cop", .finite((order.slippage * 100).rounded() / 100))
        var events: [AuditEvent] = []
        if let signal, !book.isStop {
            let execution = try SignalExecution(
                executionID: names.execution(step.number, book.instrument), price: order.price, quantity: order.quantity,
                status: order.isFilled ? "filled" : "rejected", timestamp: now)
            events.append(try .signalExecuted(signal, execution: execution, metadata: details(slippage)))
        }
        for change in book.changes {
            switch change {
            case .opened(let holding):
                events.append(try .positionOpened(position(holding, book.instrument, .open), metadata: metadata))
            case .closed(let holding):
                let closed = try position(holding, book.instrument, .closed)
                let reason = JSONValue.Member("reason", book.isStop ? "stop-loss" : "turned")
                events.append(try .positionClosed(closed, pnl: closed.pnl, metadata: details(reason, slippage)))
            case .marked: continue
            }
        }
        return events.map(signed)
    }

    /// What the whole desk has to tell after a step: limits that were crossed, and the beginning and the end of a session.
    func events() throws(ValidationError) -> [AuditEvent] {
        var events: [AuditEvent] = []
        for alert in step.alerts {
            let risk = try RiskAlert(
                type: alert.kind.rawValue, severity: alert.severity, message: alert.message, threshold: alert.threshold,
                currentValue: alert.value, symbol: alert.symbol)
            events.append(try .riskAlert(risk, metadata: metadata))
        }
        let (moment, price) = (step.quote.moment, NumberText.amount(step.quote.price))
        if moment.opens { events.append(.system("The session of \(moment.text) opened at \(price)", metadata: metadata)) }
        if moment.closes { events.append(.system("The session closed at \(moment.text); the price is \(price)", metadata: metadata)) }
        return events.map(signed)
    }

    func signed(_ event: AuditEvent) -> AuditEvent {
        var event = event
        event.userID = Self.userID
        return event
    }
}
