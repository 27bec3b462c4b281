import CacheServices

/// From where the next checkpoint goes on.
struct CheckpointContinuation: Sendable, Hashable {
    /// The newest entry of the stream of checkpoints; `nil` when there is none.
    var entryID: StreamID?
    /// The number of the next checkpoint.
    var number: Int
    /// The hash of the one before.
    var previous: ChainHash
    /// Events after this entry are new.
    var from: StreamID
    /// Entries ever added to the trail as of ``from``.
    var entriesAdded: Int?
    var lost: CheckpointStatement.Loss?

    /// After a checkpoint that is the newest.
    init(after checkpoint: Checkpoint, entryID: StreamID?) {
        self.entryID = entryID
        number = Self.next(checkpoint.number)
        previous = checkpoint.hash
        from = checkpoint.statement.to
        entriesAdded = checkpoint.statement.entriesAdded
    }

    /// What Redis holds against what the signer itself knows to have been the newest.
    ///
    /// - Parameters:
    ///   - newest: the newest entries of the stream of checkpoints, newest first.
    ///   - own: the newest checkpoint of the signer's memory or its anchor.
    init(newest: [StreamEntry], own: Checkpoint?, key: AuditSigningKey?) {
        let readable = newest.enumerated().lazy.compactMap { place, entry in
            Checkpoint(entry).flatMap { Self.isForged($0, key) ? nil : (place, $0) }
        }.first
        guard let (place, found) = readable else {
            self.init(lost: own, number: own?.number, entryID: newest.first?.id)
            return
        }
        let number = found.number.addingReportingOverflow(place).partialValue
        switch own {
        case let own? where own.number > number:
            self.init(after: found, entryID: newest.first?.id)
            self.number = Self.next(own.number)
            previous = own.hash
            lost = .init(number: own.number, hash: own.hash)
        case let own? where own.number == number && (place > 0 || !Self.isProven(found, key)):
            self.init(after: own, entryID: newest.first?.id)
        default:
            self.init(after: found, entryID: newest.first?.id)
            self.number = Self.next(number)
        }
    }

    private init(lost own: Checkpoint?, number: Int?, entryID: StreamID?) {
        self.entryID = entryID
        self.number = number.map(Self.next) ?? 1
        previous = own?.hash ?? .zero
        from = .zero
        entriesAdded = 0
        lost = own.map { .init(number: $0.number, hash: $0.hash) }
    }

    /// Whether a checkpoint claims our key and is not signed by it.
    static func isForged(_ checkpoint: Checkpoint, _ key: AuditSigningKey?) -> Bool {
        guard let key, checkpoint.statement.keyName == key.name else { return false }
        return !checkpoint.isSigned(by: key)
    }

    static func isProven(_ checkpoint: Checkpoint, _ key: AuditSigningKey?) -> Bool { key.map(checkpoint.isSigned) ?? true }

    private static func next(_ number: Int) -> Int { number < .max ? number + 1 : number }
}
