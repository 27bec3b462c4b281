import Synchronization

/// Gives each series a small number, so that 10,000 samples are told apart without comparing texts. Numbers are never given back.
final class SeriesNames: Sendable {
    private struct State {
        var numbers: [LatencySeries: Int32] = [:]
        var series: [LatencySeries] = []
    }

    private let state = Mutex(State())

    /// By number.
    var all: [LatencySeries] { state.withLock { $0.series } }

    var count: Int { state.withLock { $0.series.count } }

    /// The number of a series; the next free one for a new one.
    func number(of series: LatencySeries) -> Int32 {
        state.withLock { state in
            if let number = state.numbers[series] { return number }
            let number = Int32(clamping: state.series.count)
            state.numbers[series] = number
            state.series.append(series)
            return number
        }
    }
}
