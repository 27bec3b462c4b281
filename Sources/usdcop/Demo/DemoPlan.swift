import CacheServices
import DashboardServer

/// What a run of the demo is going to do, known before it starts.
struct DemoPlan: Sendable {
    let seed: UInt64
    /// Steps of the market in a second.
    let speed: Double
    /// Where an earlier run of the same seed stopped; nil for a new beginning.
    let resumed: Int?
    /// Whether everything in the namespace came from demos, as far as is known.
    let isOwn: Bool
    /// Whether the namespace was empty before.
    let isFirst: Bool

    /// Within its first minutes there are trades, a trend, and limits that are crossed.
    static let standardSeed: UInt64 = 21
    /// As many as a double counts exactly: seeds stand in JSON.
    static let seeds: ClosedRange<UInt64> = 0...9_007_199_254_740_991
    static let speeds = 0.1...50.0
    /// Steps that are gone over again at most: some days at one step a second. Beyond, the same market begins anew.
    static let longestReplay = 500_000

    /// - Parameters:
    ///   - seed: the one that was asked for; that of the earlier demo unless given.
    ///   - standing: what is in the namespace.
    init(seed: UInt64?, speed: Double, standing: DemoNamespace.Standing) {
        self.speed = speed
        if case .empty = standing { isFirst = true } else { isFirst = false }
        guard case .demo(let state) = standing else {
            self.seed = seed ?? Self.standardSeed
            resumed = nil
            isOwn = isFirst
            return
        }
        self.seed = seed ?? state.seed
        isOwn = state.isOwn
        let continues = self.seed == state.seed && state.model == DemoDesk.version
        resumed = continues && (DemoDesk.warmUp..<Self.longestReplay).contains(state.step) ? state.step : nil
    }

    /// A desk that has just taken the last step before the first that is to be published, and that step.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    /// - Parameter now: steps before are dated back from here as if they had been taken at this speed.
    func desk(at now: Timestamp) async throws -> (DemoDesk, DeskStep) {
        var desk = DemoDesk(seed: seed)
        let last = resumed ?? DemoDesk.warmUp
        var step = desk.next(now: now - .seconds(Double(last) / speed))
        for number in 1..<(last + 1) {
            step = desk.next(now: now - .seconds(Double(last - number) / speed))
            guard number.isMultiple(of: 1000) else { continue }
            // Others have work to do as well.
            await Task.yield()
            try Task.checkCancellation()
        }
        return (desk, step)
    }
}
