/// A record of a journal with what belongs to it.
struct JournalItem: Sendable, Hashable {
    var record: AuditRecord
    /// The signal that is published in the same step.
    var publish: JournaledPublish?
    /// Whether it was answered as spooled.
    var isPromised: Bool

    /// The lines that say it.
    var lines: [JournalLine] {
        (publish.map { [.publish(sequence: record.sequence, $0)] } ?? []) + [.record(record)]
    }
}
