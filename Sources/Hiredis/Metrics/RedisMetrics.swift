import CoreMetrics
import NIOCore
import Synchronization

/// What a client tells swift-metrics: commands by name and outcome, how long they took, and how the connection does.
///
/// A command costs a look-up, an addition and a clock; nothing at all where no metrics are wanted.
final class RedisMetrics: Sendable {
    /// The commands and scripts that are told apart; further ones count together.
    static let maximumLabels = 128

    /// The handles of one command.
    private struct Handles: Sendable {
        let ok: Counter
        let rejected: Counter
        let notSent: Counter
        let unknown: Counter
        let duration: Timer

        init(_ label: RedisCommandLabel, _ factory: any MetricsFactory) {
            let dimensions = label.dimensions
            func counter(_ outcome: String) -> Counter {
                Counter(label: "usdcop_redis_commands_total", dimensions: dimensions + [("outcome", outcome)], factory: factory)
            }
            (ok, rejected, notSent, unknown) = (counter("ok"), counter("rejected"), counter("not_sent"), counter("unknown"))
            duration = Timer(label: "usdcop_redis_command_duration_seconds", dimensions: dimensions, factory: factory)
        }

        func counter(_ outcome: RedisError.Outcome?) -> Counter {
            switch outcome {
            case nil: ok
            case .rejected?: rejected
            case .notSent?: notSent
            case .unknown?: unknown
            }
        }
    }

    private let factory: any MetricsFactory
    private let isWanted: Bool
    private let handles = Mutex<[RedisCommandLabel: Handles]>([:])
    private let connections: Counter
    private let losses: Counter
    private let failures: Counter
    private let up: Gauge
    private let circuit: Gauge

    init(_ factory: any MetricsFactory) {
        self.factory = factory
        isWanted = !(factory is NOOPMetricsHandler)
        connections = Counter(label: "usdcop_redis_connections_total", factory: factory)
        losses = Counter(label: "usdcop_redis_connections_lost_total", factory: factory)
        failures = Counter(label: "usdcop_redis_connections_failed_total", factory: factory)
        up = Gauge(label: "usdcop_redis_up", factory: factory)
        circuit = Gauge(label: "usdcop_redis_circuit_open", factory: factory)
    }

    /// Counts a command that began at an instant and has ended.
    ///
    /// - Parameter outcome: `nil` for one that was answered.
    func ended(_ label: RedisCommandLabel, began: NIODeadline, outcome: RedisError.Outcome?) {
        guard isWanted else { return }
        let handles = handles(of: label)
        handles.counter(outcome).increment()
        // What never left says nothing about the server.
        if outcome != .notSent { handles.duration.recordNanoseconds((NIODeadline.now() - began).nanoseconds) }
    }

    private func handles(of label: RedisCommandLabel) -> Handles {
        handles.withLock { known in
            if let found = known[label] { return found }
            let label = known.count < Self.maximumLabels ? label : .other
            if let found = known[label] { return found }
            let made = Handles(label, factory)
            known[label] = made
            return made
        }
    }

    func connected() { connections.increment() }
    func lost() { losses.increment() }
    func failed() { failures.increment() }

    func note(isUp: Bool, isCircuitOpen: Bool) {
        up.record(isUp ? 1 : 0)
        circuit.record(isCircuitOpen ? 1 : 0)
    }
}
