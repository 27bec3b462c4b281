import CacheServices

/// What verification keeps of an entry: never its bytes.
struct TrailEntry: Sendable, Hashable {
    /// Its place in the stream; `nil` in a journal.
    let id: StreamID?
    /// The index of its writer; -1 for what is no event of the trail.
    let writer: Int32
    let sequence: Int
    let previous: ChainHash
    let hash: ChainHash
    /// Whether the hash is that of the contents.
    let isIntact: Bool
    /// The line of the file, from 1; 0 for none.
    let line: Int32

    var isForeign: Bool { writer < 0 }
    var slot: TrailSlot { TrailSlot(writer: writer, sequence: sequence) }
}

/// A place in a writer's chain.
struct TrailSlot: Sendable, Hashable {
    let writer: Int32
    let sequence: Int
}
