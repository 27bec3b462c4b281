/// Jittered exponential pauses: 10 ms, doubling up to 250 ms, each drawn between half and the whole.
struct Backoff: Sendable {
    static let first = Duration.milliseconds(10)
    static let longest = Duration.milliseconds(250)

    /// The pause after the given number of failures in a row.
    ///
    /// - Parameter draw: 0…1, the jitter.
    static func pause(afterFailures failures: Int, draw: Double) -> Duration {
        let doublings = min(max(failures - 1, 0), 10)
        let full = min(first * (1 << doublings), longest)
        return full * (0.5 + draw / 2)
    }
}
