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
    /// A checkpoint that Redis should have and has not: it goes back before anything else, so that what was signed stays signed.
    var returning: Checkpoint?
    /// Whether the next checkpoint does not wait for its time: until then verification could not tell what happened.
    var isUrgent = false

    /// After a checkpoint that is the newest.
    init(after checkpoint: Checkpoint, entryID: StreamID?) {
        self.entryID = entryID
        number = Self.next(checkpoint.number)
        previous = checkpoint.hash
        from = checkpoint.statement.to
        entriesAdded = checkpoint.statement.entriesAdded
    }

    /// What Redis holds against what the signer itself knows to have been the newest. Only a checkpoint that is proven is gone on from;
    /// where there is none, the trail is signed from its beginning.
    ///
    /// - Parameters:
    ///   - newest: the newest entries of the stream of checkpoints, newest first, down to the first one that is proven.
    ///   - own: the newest checkpoint of the signer's memory or its anchor.
    ///   - remains: what is left of the events of `own`, if Redis should have it and has not.
    init(newest: [StreamEntry], own: Checkpoint?, prover: CheckpointProver, remains: SignedRemains.Judgement = .beginning) {
        let proven = newest.enumerated().lazy.compactMap { place, entry in
            Checkpoint(entry).flatMap { prover.isProven($0) ? (place: place, checkpoint: $0) : nil }
        }.first
        // A damaged checkpoint keeps the number that its neighbours leave for it.
        let number = proven.map { $0.checkpoint.number.addingReportingOverflow($0.place).partialValue }
        guard let own, own.number >= number ?? 0 else {
            self.init(proven?.checkpoint, number: number, newest: newest, own: own)
            return
        }
        let isOwnProven = prover.isProven(own)
        switch (number == own.number, isOwnProven) {
        // The original of what somebody changed.
        case (true, true) where proven?.place != 0: self.init(after: own, entryID: newest.first?.id)
        case (true, _): self.init(proven?.checkpoint, number: number, newest: newest, own: own)
        case (false, true) where remains == .other:
            self.init(after: own, entryID: newest.first?.id)
            returning = own
        default:
            self.init(proven?.checkpoint, number: number, newest: newest, own: own)
            // One by another key tells of no loss, unless there is nothing else.
            guard isOwnProven || newest.isEmpty else { return }
            self.number = Self.next(own.number)
            previous = own.hash
            lost = .init(number: own.number, hash: own.hash)
            isUrgent = true
        }
    }

    /// After the newest that is proven, or else over everything.
    private init(_ proven: Checkpoint?, number: Int?, newest: [StreamEntry], own: Checkpoint?) {
        let last = proven ?? newest.lazy.compactMap(Checkpoint.init).first
        entryID = newest.first?.id
        previous = last?.hash ?? own?.hash ?? .zero
        if let proven {
            self.number = Self.next(number ?? proven.number)
            from = proven.statement.to
            entriesAdded = proven.statement.entriesAdded
        } else {
            self.number = Self.next(max(last?.number ?? 0, own?.number ?? 0))
            from = .zero
            entriesAdded = 0
            isUrgent = !newest.isEmpty
        }
    }

    /// Events that wait to be signed; many when that cannot be told.
    func pending(_ info: StreamInfo) -> Int {
        guard info.length > 0, info.lastID != from else { return 0 }
        guard info.lastID > from, let added = info.entriesAdded, let before = entriesAdded, added >= before else { return .max }
        return max(1, added - before)
    }

    private static func next(_ number: Int) -> Int { number < .max ? number + 1 : number }
}
