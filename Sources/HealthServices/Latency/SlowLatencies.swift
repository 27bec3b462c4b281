import LoggingServices

/// Which slow samples are worth a log record: the first of a series, and then one now and then. Pure; the instant comes from outside.
struct SlowLatencies: Sendable {
    private let interval: Duration
    private let limit: Int
    private var allowances: [LatencySeries: LogAllowance] = [:]

    /// - Parameters:
    ///   - interval: the shortest time between two records of one series.
    ///   - limit: series that are told apart; all others share one allowance.
    init(every interval: Duration, limit: Int) {
        self.interval = interval
        self.limit = limit
    }

    /// How many records of the series were held back since the last one, if one may be written now; else `nil`.
    mutating func take(_ series: LatencySeries, at instant: ContinuousClock.Instant) -> Int? {
        let series = allowances[series] != nil || allowances.count < limit ? series : .other
        return allowances[series, default: LogAllowance(every: interval)].take(at: instant)
    }
}
