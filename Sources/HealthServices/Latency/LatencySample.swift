import CacheServices

/// A sample as the mirror keeps it: small, for there are 10,000 of them.
struct LatencySample: Sendable {
    /// The number of its series in ``SeriesNames``.
    let series: Int32
    let success: Bool
    let latencyMS: Double
    let timestamp: Timestamp
    /// An object as JSON, read when somebody asks for it; `nil` when there is none.
    let metadata: [UInt8]?

    /// The whole measurement.
    ///
    /// Metadata that cannot be read is left out: the sample itself is good.
    func measurement(of series: LatencySeries) -> LatencyMeasurement {
        let members = metadata.flatMap { try? JSONParser.parse($0, duplicateKeys: .lastWins) }?.members
        return LatencyMeasurement(
            timestamp: timestamp, series: series, latencyMS: latencyMS, success: success,
            metadata: members.map { Dictionary($0.map { ($0.name, $0.value) }) { $1 } })
    }
}
