import CacheServices

/// The entries of each writer, in the order of their sequences.
struct WriterChains {
    /// Indices of entries, by writer.
    private(set) var chains: [[Int]]

    init(_ evidence: TrailEvidence) {
        chains = [[Int]](repeating: [], count: evidence.writers.count)
        for (index, entry) in evidence.entries.enumerated() where chains.indices.contains(Int(entry.writer)) {
            chains[Int(entry.writer)].append(index)
        }
        for writer in chains.indices {
            let isSorted = zip(chains[writer], chains[writer].dropFirst()).allSatisfy {
                evidence.entries[$0].sequence <= evidence.entries[$1].sequence
            }
            guard !isSorted else { continue }
            chains[writer].sort { (evidence.entries[$0].sequence, $0) < (evidence.entries[$1].sequence, $1) }
        }
    }

    subscript(writer: Int32) -> [Int] { chains.indices.contains(Int(writer)) ? chains[Int(writer)] : [] }
}
