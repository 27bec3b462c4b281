public import CacheServices

extension AuditRecord {
    /// Reads an entry of the trail's stream; `nil` when a field is missing or has another form, and when there are others: a second `entry`
    /// beside the one that was hashed would show somebody else something else.
    public init?(_ entry: StreamEntry) {
        guard entry.fields.count == 5, let writer = entry["writer"].flatMap({ WriterID(String(decoding: $0, as: UTF8.self)) }),
            let sequence = entry["seq"].flatMap({ Self.sequence($0) }), let previous = entry["prev"].flatMap(ChainHash.init(hex:)),
            let hash = entry["hash"].flatMap(ChainHash.init(hex:)), let text = entry["entry"]
        else { return nil }
        self.init(writer: writer, sequence: sequence, previous: previous, hash: hash, entry: text, streamID: entry.id)
    }

    /// The fields of the stream entry, in their order.
    package var fields: [StreamEntry.Field] {
        [
            .init("writer", writer.rawValue), .init("seq", String(sequence)), .init("prev", previous.hex), .init("hash", hash.hex),
            .init("entry", entry),
        ]
    }

    /// Digits without a sign and without leading zeros.
    static func sequence(_ digits: some Collection<UInt8>) -> Int? {
        guard let first = digits.first, (0x31...0x39).contains(first), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
