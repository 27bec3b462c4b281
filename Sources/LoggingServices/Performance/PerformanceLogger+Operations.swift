public import CacheServices
import Logging
import Synchronization

extension PerformanceLogger {
    /// Starts an operation; ``endOperation(_:success:metadata:)`` ends it.
    ///
    /// At most 10,000 are open at once; the oldest is then given up, logged and counted.
    public func startOperation(_ operation: OperationName) -> OperationID {
        let now = clock.monotonic()
        let (id, givenUp, heldBack) = state.withLock { state in
            let (id, givenUp) = state.open.start(operation, at: now)
            guard let givenUp else { return (id, OpenOperations.Start?.none, Int?.none) }
            state.status.abandonedOperations += 1
            return (id, givenUp, state.abandonments.take(at: now))
        }
        if let givenUp, let heldBack {
            logger.warning(
                "too many operations are open; the oldest was given up",
                metadata: [
                    "operation": "\(givenUp.operation)", "open_for": "\(givenUp.instant.duration(to: now))", "more_before": "\(heldBack)",
                ])
        }
        return id
    }

    /// Ends an operation and records how long it took.
    ///
    /// - Returns: the entry; `nil` for an operation that is not open — never started here, ended before, or given up — which is logged
    ///   and counted.
    @discardableResult
    public func endOperation(_ id: OperationID, success: Bool = true, metadata: [String: JSONValue]? = nil) -> PerformanceLogEntry? {
        let now = clock.monotonic()
        let (start, heldBack) = state.withLock { state in
            if let start = state.open.end(id) { return (OpenOperations.Start?.some(start), Int?.none) }
            state.status.unknownEnds += 1
            return (nil, state.unknownEnds.take(at: now))
        }
        if let start {
            return logLatency(start.operation, durationMS: Self.milliseconds(start.instant, now), success: success, metadata: metadata)
        }
        if let heldBack {
            logger.warning("an operation ended that is not open", metadata: ["id": "\(id)", "more_before": "\(heldBack)"])
        }
        return nil
    }

    /// Runs a body and records how long it took; one that throws has failed, and the error goes on to the caller.
    public func measure<Value, Failure: Error>(
        _ operation: OperationName, metadata: [String: JSONValue]? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let start = clock.monotonic()
        let id = startOperation(operation)
        do throws(Failure) {
            let value = try await body()
            finish(id, operation, since: start, success: true, metadata)
            return value
        } catch {
            finish(id, operation, since: start, success: false, metadata)
            throw error
        }
    }

    /// Operations that started at least so long ago and have not ended, oldest first.
    public func getOpenOperations(olderThan age: Duration = .zero) -> [OpenOperation] {
        let now = clock.monotonic()
        return state.withLock { $0.open.open(for: age, at: now) }
    }

    /// Records a body that was measured, whether or not it was given up meanwhile.
    private func finish(
        _ id: OperationID, _ operation: OperationName, since start: ContinuousClock.Instant, success: Bool,
        _ metadata: [String: JSONValue]?
    ) {
        let now = clock.monotonic()
        _ = state.withLock { $0.open.end(id) }
        logLatency(operation, durationMS: Self.milliseconds(start, now), success: success, metadata: metadata)
    }

    private static func milliseconds(_ start: ContinuousClock.Instant, _ end: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = start.duration(to: end).components
        return Double(seconds) * 1000 + Double(attoseconds) / 1e15
    }
}
