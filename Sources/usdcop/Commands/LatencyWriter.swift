import CacheServices
import HealthServices

/// Hands samples to a latency monitor and waits until they are stored.
struct LatencyWriter: Sendable {
    /// What became of a stream of samples.
    struct Count: Sendable {
        /// Samples that are stored.
        var recorded = 0
        /// Lines that are none.
        var faults = 0
    }

    /// Samples between two looks whether Redis takes them: fewer than the monitor's queue holds, so that none is dropped.
    private static let burst = 5000
    /// Faults that are named.
    private static let listed = 50

    let readings: [LatencyReading]
    /// A file of more, or `-`.
    let path: String?

    /// - Throws: ``CommandFailure`` when the file cannot be read; `CacheError` when Redis does not take the samples.
    func run(_ monitor: LatencyMonitor) async throws -> Count {
        var count = Count()
        for reading in readings where monitor.recordLatency(reading) != nil { count.recorded += 1 }
        if let path {
            count = try await InputFile.with(path) { try await Self.copy($0, to: monitor) }
        }
        try await monitor.finish()
        return count
    }

    private static func copy(_ input: InputFile, to monitor: LatencyMonitor) async throws -> Count {
        var (count, splitter) = (Count(), JSONObjectSplitter())
        while true {
            let chunk = try await input.chunk()
            for item in chunk.isEmpty ? splitter.finish() : splitter.feed(chunk) {
                do {
                    monitor.recordLatency(try LatencyReading(strict: try item.value.get()))
                    count.recorded += 1
                } catch {
                    count.faults += 1
                    if count.faults <= listed { Console().note("usdcop: line \(item.line): \(error)") }
                }
                if monitor.status.waiting >= burst { try await monitor.flush() }
            }
            // A writer that pauses sees its samples all the same.
            try await monitor.flush()
            if chunk.isEmpty { return count }
        }
    }
}
