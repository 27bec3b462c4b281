/// An event with its place in the chain.
struct LaneItem: Sendable {
    let record: AuditRecord
    let submission: LaneSubmission

    /// The lines of the journal that say it.
    var lines: [JournalLine] { journaled(isPromised: false).lines }

    func journaled(isPromised: Bool) -> JournalItem {
        JournalItem(record: record, publish: submission.publish, isPromised: isPromised)
    }
}
