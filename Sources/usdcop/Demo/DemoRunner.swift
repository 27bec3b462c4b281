import CacheServices
import DashboardServer
import Logging
import LoggingServices
import ServiceLifecycle

/// Plays the market: one step after the other, each carried out on the real services.
struct DemoRunner: Service {
    let plan: DemoPlan
    let service: DashboardService
    /// Told of each order of the desk.
    let orders: AsyncStream<Void>.Continuation
    /// Told of each step that was carried out.
    let onStep: @Sendable (DeskStep) -> Void
    let logger: Logger

    private var names: DeskNames { DeskNames(seed: plan.seed) }

    func run() async {
        let start = try? await cancelWhenGracefulShutdown { try await plan.desk(at: .now) }
        guard var (desk, last) = start else { return }
        var failures = DemoFailures(logger)
        let openedBefore = await begin(at: last, &failures)
        let clock = ContinuousClock()
        var due = clock.now
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let now = Timestamp.now
            last = desk.next(now: now)
            // Not cancelled by the end: a step that has begun is carried out as a whole.
            await carryOut(DeskReport(names: names, step: last, now: now, openedBefore: openedBefore), &failures)
            onStep(last)
            due += .seconds(1 / plan.speed)
            // A pause of the machine is not made up for.
            if due < clock.now { due = clock.now }
            let next = due
            await cancelWhenGracefulShutdown { try? await clock.sleep(until: next) }
        }
        let text = "The demo stopped at step \(last.number); the market's clock shows \(last.quote.moment.text)"
        await failures.attempt { _ = try await service.audit.log(event(text, at: last)) }
    }

    /// Says that the demo begins, and puts the positions in place that the desk has at this point.
    ///
    /// - Returns: when positions that are there already were opened, by their names.
    private func begin(at step: DeskStep, _ failures: inout DemoFailures) async -> [String: Timestamp] {
        let stored = (try? await service.metrics.getAllPositions()) ?? [:]
        let opened = Dictionary(stored.values.map { ($0.positionID, $0.entryTime) }) { $1 }
        let report = DeskReport(names: names, step: step, now: .now, openedBefore: plan.resumed == nil ? [:] : opened)
        let what = plan.resumed.map { "went on after step \($0)" } ?? "started"
        let text = "The demo of a synthetic market \(what); the market's clock shows \(step.quote.moment.text)"
        await failures.attempt { _ = try await service.audit.log(event(text, at: step)) }
        for book in step.books {
            await failures.attempt {
                let held = try book.changes.last?.held.map { try report.position($0, book.instrument, .open) }
                let before = stored[book.instrument.symbol]
                if let before, before.positionID != held?.positionID { try await retire(before, report) }
                guard let held else { return }
                if before?.positionID != held.positionID {
                    let metadata = report.details(.init("carried_over", true))
                    _ = try await service.audit.log(report.signed(.positionOpened(held, metadata: metadata)))
                }
                _ = try await service.metrics.setPosition(book.instrument.symbol, held)
            }
        }
        return report.openedBefore
    }

    /// Ends a position of another market, or of a step that an end without warning left unfinished: the trail has its beginning.
    private func retire(_ position: Position, _ report: DeskReport) async throws {
        guard position.positionID.hasPrefix(DeskNames.prefix) else { return }
        let metadata = report.details(.init("reason", "another market began"))
        _ = try await service.audit.log(report.signed(.positionClosed(position, pnl: position.pnl, metadata: metadata)))
        try await service.metrics.deletePosition(position.symbol)
    }

    private func event(_ text: String, at step: DeskStep) -> AuditEvent {
        let figures = step.figures
        let report = DeskReport(names: names, step: step, now: .now)
        return report.signed(
            .system(
                text,
                metadata: report.details(
                    .init("closed_trades", .integer(figures.closedTrades)), .init("realised_pnl", .finite(figures.realisedPnL)),
                    .init("seed", .integer(Int(plan.seed))), .init("step", .integer(step.number)),
                    .init("total_pnl", .finite(figures.totalPnL)))))
    }

    private func carryOut(_ report: DeskReport, _ failures: inout DemoFailures) async {
        let began = ContinuousClock.now
        for book in report.step.books {
            await failures.attempt { try await carryOut(book, report) }
            if book.order != nil { orders.yield() }
        }
        await failures.attempt {
            for event in try report.events() { _ = try await service.audit.log(event) }
            try await service.metrics.setFinancialMetrics(report.metrics())
            if report.step.number.isMultiple(of: 5) {
                for (name, value) in try report.customMetrics() { try await service.metrics.setCustomMetric(name, value) }
            }
            let state = DemoState(seed: plan.seed, step: report.step.number, isOwn: plan.isOwn)
            try await service.client.set(KeySchema.demoState, state.json, expiry: .never)
        }
        service.performance.logLatency("demo-step", durationMS: began.duration(to: .now) / .milliseconds(1))
    }

    /// The signal with its event in one step, what was done on it, and the positions.
    private func carryOut(_ book: Book.Step, _ report: DeskReport) async throws {
        let signal = try report.signal(book)
        if let signal {
            _ = try await service.performance.measure("publish-signal") {
                try await service.audit.publish(signal, event: report.generated(signal), cache: service.signals)
            }
        }
        for event in try report.events(book, on: signal) { _ = try await service.audit.log(event) }
        for position in try report.positions(book) { _ = try await service.metrics.setPosition(position.symbol, position) }
    }
}

extension Book.Change {
    /// What is held after it.
    fileprivate var held: Book.Holding? {
        switch self {
        case .opened(let holding), .marked(let holding): holding
        case .closed: nil
        }
    }
}
