/// When an attempt that failed is repeated: jittered exponential pauses within a bound. Pure.
struct AlertRetry: Sendable, Hashable {
    /// The pause after the first attempt.
    var first = Duration.seconds(1)
    /// The longest pause.
    var longest = Duration.seconds(60)
    /// No attempt begins later than this after the first one.
    var window = Duration.seconds(600)

    /// The pause after so many attempts, drawn between half and the whole.
    ///
    /// - Parameters:
    ///   - elapsed: since the first attempt began.
    ///   - draw: 0…1, the jitter.
    ///   - asked: what the receiver asked to be left alone for; that may end after the window.
    /// - Returns: `nil` when the next attempt would begin too late.
    func pause(afterAttempts attempts: Int, elapsed: Duration, draw: Double, asked: Duration = .zero) -> Duration? {
        let doublings = min(max(attempts - 1, 0), 16)
        let full = min(first * (1 << doublings), longest)
        let pause = full * (0.5 + min(max(draw, 0), 1) / 2)
        return elapsed + pause <= window ? max(pause, asked) : nil
    }
}
