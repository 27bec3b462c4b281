import CacheServices

/// How one attempt to bring journaled records to Redis ended.
enum DeliveryOutcome: Sendable {
    /// Redis has the records up to this sequence.
    case delivered(through: Int, hash: ChainHash)
    /// The journal has nothing more.
    case caughtUp
    /// Redis did not take them.
    case refused(String)
    /// Redis knows another end of the chain.
    case lost(lastSequence: Int)
    /// What Redis has of the writer cannot be read, so that its chain cannot go on.
    case damagedWriter
    /// The record of this sequence was never promised and is not to be recorded: its request had been, or its signal was there.
    case superfluous(sequence: Int)
    /// The journal cannot be read.
    case unreadable(String)
}
