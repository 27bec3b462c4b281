import CoreMetrics
import Synchronization

/// One series of a histogram. The lock is held for two additions, so that a reading never shows a count without its sum.
final class HistogramCell: TimerHandler, RecorderHandler {
    /// For durations: 50 µs, which a small Redis command takes, to 10 s, beyond which nothing answers.
    static let secondsBounds = [
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// For sizes and other values without a unit of their own.
    static let valueBounds = [1.0, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000]

    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var reading: HistogramReading {
        let state = state.withLock { $0 }
        return HistogramReading(bounds: bounds, counts: state.counts, sum: state.sum)
    }

    /// Takes a duration; the clock may have gone backwards, time has not.
    func recordNanoseconds(_ duration: Int64) { record(Double(max(0, duration)) / 1e9) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        // A value that is no number would spoil the sum for good.
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] &+= 1
            state.sum += value
        }
    }
}
