import Foundation
import Synchronization

/// What a journal still has to deliver, read in order from a place on.
final class JournalTail: Sendable {
    private struct State {
        var reader: JournalReader
        var publish: (sequence: Int, publish: JournaledPublish)?
        var held: JournalItem?
        /// The last sequence that was handed out.
        var last: Int
    }

    private let journal: Journal
    private let promisedThrough: Int
    private let after: Int
    private let through: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - position: where to begin; the beginning if `nil`.
    ///   - after: records up to this sequence are passed by.
    ///   - promisedThrough: records up to this sequence were answered as spooled.
    ///   - through: records behind this sequence are not delivered from here.
    init(_ journal: Journal, from position: JournalPosition?, after: Int, promisedThrough: Int, through: Int = .max) {
        self.journal = journal
        self.after = after
        self.through = through
        self.promisedThrough = promisedThrough
        state = Mutex(State(reader: JournalReader(journal.directory, writer: journal.writer, from: position), last: after))
    }

    /// The next records, none at the end of what is written: at most `limit`, all promised or all not, and one that publishes a signal
    /// stands alone.
    func next(_ limit: Int) async throws -> [JournalItem] {
        try await journal.read { [self] in
            try state.withLock { state throws(JournalError) in
                var items: [JournalItem] = []
                var bytes = 0
                while items.count < limit, bytes < JournalDelivery.batchBytes {
                    var found = state.held
                    if found == nil { found = try item(&state) }
                    guard let item = found else { break }
                    state.held = item
                    if let last = items.last, last.isPromised != item.isPromised || last.publish != nil || item.publish != nil { break }
                    guard item.record.sequence == state.last + 1 else {
                        // What comes before a gap still goes; the gap itself is for people.
                        if !items.isEmpty { break }
                        throw JournalError("find event \(state.last + 1) of writer \(journal.writer) in the journal", code: ENOENT)
                    }
                    items.append(item)
                    bytes += item.record.entry.count
                    state.last = item.record.sequence
                    state.held = nil
                }
                return items
            }
        }
    }

    private func item(_ state: inout State) throws(JournalError) -> JournalItem? {
        while let line = try state.reader.next() {
            switch line {
            case .publish(let sequence, let publish): state.publish = (sequence, publish)
            case .record(let record) where record.writer == journal.writer && record.sequence > after && record.sequence <= through:
                let publish = state.publish?.sequence == record.sequence ? state.publish?.publish : nil
                state.publish = nil
                // What the disk changed is not delivered as if it were what was said.
                guard record.isIntact else { continue }
                return JournalItem(record: record, publish: publish, isPromised: record.sequence <= promisedThrough)
            default: continue
            }
        }
        return nil
    }
}
