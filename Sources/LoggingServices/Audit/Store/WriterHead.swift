package import CacheServices

/// The last event of a writer as `usdcop:audit:writers` keeps it: `<seq> <stream id> <hash>`.
package struct WriterHead: Sendable, Hashable {
    package let sequence: Int
    package let streamID: StreamID
    package let hash: ChainHash

    package init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 3, let sequence = AuditRecord.sequence(parts[0].utf8), let id = StreamID(String(parts[1])),
            let hash = ChainHash(String(parts[2]))
        else { return nil }
        self.sequence = sequence
        self.streamID = id
        self.hash = hash
    }
}
