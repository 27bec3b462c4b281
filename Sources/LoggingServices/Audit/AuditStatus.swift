/// How the trail of one process does at one moment: gauges for whoever is on call.
public struct AuditStatus: Sendable, Hashable {
    /// Where new events go.
    public enum Mode: String, Sendable, CaseIterable {
        /// To Redis.
        case direct
        /// To the journal: Redis is away.
        case spooling
        /// Nowhere: Redis did not answer and there is no journal, so that new events are refused.
        case holding
    }

    /// Where new events go.
    public var mode: Mode
    /// Events of this process that Redis has not acknowledged; those on the disk and those on their way.
    public var backlog: Int
    /// Whether the last write of the journal failed.
    public var isJournalFailing: Bool
}

extension AuditLane {
    var status: AuditStatus {
        let mode: AuditStatus.Mode =
            switch mode {
            case .direct: .direct
            case .spooling: .spooling
            case .holding: .holding
            }
        return AuditStatus(mode: mode, backlog: max(0, chain.sequence - chain.acknowledged), isJournalFailing: isJournalFailing)
    }
}

extension AuditLogger {
    /// How the trail of this process does; costs no round trip.
    public var status: AuditStatus {
        get async { await lane.status }
    }
}
