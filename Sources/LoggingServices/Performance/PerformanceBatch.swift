import CacheServices

/// Samples on their way to the store, by the series that they belong to.
struct PerformanceBatch: Sendable {
    /// 1, 2, 3 … for each logger.
    let number: Int
    /// Each series once, in the order of its first sample.
    private(set) var series: [(name: OperationName, entries: [PerformanceLogEntry])] = []

    /// - Parameter book: decides which operations have a series of their own.
    init(number: Int, _ entries: [PerformanceLogEntry], _ book: inout SeriesBook<OperationName>) {
        self.number = number
        var places: [OperationName: Int] = [:]
        for entry in entries {
            let name = book.series(of: entry.operation)
            if let place = places[name] {
                series[place].entries.append(entry)
            } else {
                places[name] = series.count
                series.append((name, [entry]))
            }
        }
    }
}
