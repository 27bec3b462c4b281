import CacheServices
import Foundation

/// The requests with an idempotency key that processes before this one answered as spooled, and that Redis does not know yet.
struct JournaledRequests {
    let directory: JournalDirectory

    /// Calls `body` for each of them; blocks on the disk.
    func forEach(_ body: (IdempotencyKey, AuditReceipt) -> Void) {
        // Older keys are forgotten everywhere.
        let since = (Timestamp.now - IdempotencyKey.lifetime).day
        for writer in directory.undelivered() {
            guard let day = directory.days(of: writer).first(where: { $0 >= since }) else { continue }
            var reader = JournalReader(directory, writer: writer, from: JournalPosition(day: day, offset: 0))
            var waiting: [AuditRecord] = []
            while let line = try? reader.next() {
                switch line {
                case .record(let record) where record.idempotency != nil: waiting.append(record)
                case .promised(let sequence):
                    for record in waiting where record.sequence <= sequence { report(record, body) }
                    waiting = []
                default: continue
                }
            }
        }
    }

    private func report(_ record: AuditRecord, _ body: (IdempotencyKey, AuditReceipt) -> Void) {
        guard let key = record.idempotency, record.isIntact, let entry = try? record.decodedEntry() else { return }
        body(
            key, AuditReceipt(entry: entry, streamID: nil, durability: .spooled, writer: record.writer, sequence: record.sequence))
    }
}
