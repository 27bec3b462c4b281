package import Hiredis

extension RedisReply {
    package func streamEntries() throws(CacheError) -> [StreamEntry] {
        guard let array else { throw .unexpectedReply() }
        var entries: [StreamEntry] = []
        entries.reserveCapacity(array.count)
        for item in array {
            guard let parts = item.array, parts.count == 2, let id = parts[0].text.flatMap(StreamID.init) else { throw .unexpectedReply() }
            let values = parts[1].array ?? []
            let fields = stride(from: 0, to: values.count - 1, by: 2).map {
                StreamEntry.Field(values[$0].text ?? "", values[$0 + 1].bytes ?? [])
            }
            entries.append(StreamEntry(id: id, fields: fields))
        }
        return entries
    }
}

extension StreamInfo {
    package init(_ reply: RedisReply) {
        self.init(entriesAdded: nil)
        let values = reply.array ?? []
        for index in stride(from: 0, to: values.count - 1, by: 2) {
            let value = values[index + 1]
            switch values[index].text {
            case "length": length = Int(clamping: value.integer ?? 0)
            case "last-generated-id": lastID = value.text.flatMap(StreamID.init) ?? .zero
            // Anybody can set it (XSETID), past what a signed number holds, too.
            case "entries-added": entriesAdded = value.integer.flatMap { $0 >= 0 ? Int(clamping: $0) : nil }
            case "max-deleted-entry-id": maxDeletedID = value.text.flatMap(StreamID.init) ?? .zero
            case "first-entry": firstID = value.array?.first?.text.flatMap(StreamID.init)
            default: continue
            }
        }
    }
}
