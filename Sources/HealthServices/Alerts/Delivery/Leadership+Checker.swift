extension HealthChecker {
    /// Where this process stands among those that watch the services.
    var standing: Leadership.Standing {
        // Without Redis there are no others.
        guard store != nil else { return .leads(1) }
        switch mode {
        case .leader: return lease?.fence.map { .leads($0) } ?? .unknown
        case .follower: return .follows
        case .alone: return .alone
        case .stopped: return .unknown
        }
    }
}
