import CacheServices

/// Carries the steps of a ``ReplayEngine`` out on the real caches.
///
/// One row after the other, so that histories arrive in order and the last value stays. Within a row the signal, the position and the
/// figures are different keys and go out together, in one round trip's time.
struct ReplayRunner: Sendable {
    let symbol: Symbol
    /// Rows in a second; `nil` for as fast as Redis answers.
    let speed: Double?

    /// Publishes a history. Ends early, with what was done so far, when the task is cancelled.
    ///
    /// - Throws: `CacheError`; a repeated replay is recognised, so that it can simply be started again.
    ///
    /// - Parameter audit: records what was done; `nil` for nothing.
    func run(
        _ history: PriceHistory, on session: Session, audit: ReplayAudit? = nil, showing bar: ProgressBar
    ) async throws -> ReplaySummary {
        var (bar, engine, summary) = (bar, ReplayEngine(symbol: symbol), ReplaySummary(symbol: symbol))
        summary.note(history)
        let latest = Timestamp.now + Signal.maximumFutureSkew
        let points = history.points.filter { $0.time <= latest }
        summary.futureRows = history.points.count - points.count
        let clock = ContinuousClock()
        let started = clock.now
        defer { bar.clear() }
        summary.recorded = audit.map { _ in 0 }
        for (index, point) in points.enumerated() {
            do {
                if let speed { try await clock.sleep(until: started + .seconds(Double(index) / speed)) }
                try await carryOut(try engine.step(point), on: session, audit, &summary)
            } catch  where Task.isCancelled {
                summary.isInterrupted = true
                break
            }
            bar.update(index + 1)
        }
        if let audit {
            do {
                summary.recorded = try await audit.finish()
            } catch  where summary.isInterrupted {
                summary.recorded = nil
            }
        }
        summary.elapsed = clock.now - started
        return summary
    }

    private func carryOut(_ step: ReplayStep, on session: Session, _ audit: ReplayAudit?, _ summary: inout ReplaySummary) async throws {
        async let figures: Void = session.metrics.setFinancialMetrics(step.metrics)
        async let positions: Void = setPositions(step.positionChanges, session.metrics)
        let result: PublishResult?
        if let audit {
            result = try await audit.record(step, session.signals)
        } else {
            result = try await session.signals.publish(step.signal)
        }
        _ = try await (figures, positions)
        summary.published += 1
        if result?.latest == .older { summary.older += 1 }
        if result?.history == .duplicate { summary.duplicates += 1 }
        for change in step.positionChanges {
            switch change {
            case .opened: summary.opened += 1
            case .closed: summary.closed += 1
            case .marked: continue
            }
        }
        summary.lastSignal = step.signal
        summary.metrics = step.metrics
    }

    private func setPositions(_ changes: [PositionChange], _ metrics: MetricsCache) async throws {
        for change in changes {
            switch change {
            case .opened(let position), .closed(let position), .marked(let position):
                try await metrics.setPosition(symbol, position)
            }
        }
    }
}
