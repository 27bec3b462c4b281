import CacheServices

/// The body of a checkpoint as canonical JSON:
///
///     {"cleared":0,"count":2,"digest":"…","entries_added":2,"first_id":"1-0","from":"0-0",
///      "heads":[{"hash":"…","seq":2,"writer":"…"}],"ids":"1 0-1","key":"…","length":2,"lost":null,"max_length":10000,
///      "namespace":"usdcop","number":1,"previous":"000…","server":"<run of Redis>","skipped":0,"tags":"<16 digits for each event>",
///      "time":"2025-01-15T10:30:00.000Z","to":"1-1"}
///
/// The script that adds a checkpoint relies on `to` being the last member.
extension CheckpointStatement {
    var jsonValue: JSONValue {
        [
            "cleared": .integer(cleared), "count": .integer(count), "digest": .string("\(digest)"),
            "entries_added": entriesAdded.map(JSONValue.integer) ?? .null, "first_id": firstID.map { .string("\($0)") } ?? .null,
            "from": .string("\(from)"), "heads": .array(heads.map(\.jsonValue)),
            "ids": .string(StreamIDList.text(ids)), "key": keyName.map(JSONValue.string) ?? .null,
            "length": .integer(length),
            "lost": lost.map { ["hash": .string("\($0.hash)"), "number": .integer($0.number)] } ?? .null,
            "max_length": .integer(maximumLength), "namespace": .string(namespace.rawValue), "number": .integer(number),
            "previous": .string("\(previous)"), "server": server.map(JSONValue.string) ?? .null,
            "skipped": .integer(skipped), "tags": .string(Hexadecimal.text(words: tags)), "time": .string(time.iso8601),
            "to": .string("\(to)"),
        ]
    }

    /// Reads a body; `nil` when a member is missing or has another form. Members of newer versions are passed by.
    init?(_ value: JSONValue) {
        // What is greater than any real count would only make sums overflow.
        func whole(_ name: String) -> Int? { value[name]?.whole.flatMap { (0...(1 << 53)).contains($0) ? $0 : nil } }
        func id(_ name: String) -> StreamID? { value[name]?.text.flatMap(StreamID.init) }
        func hash(_ name: String) -> ChainHash? { value[name]?.text.flatMap(ChainHash.init(_:)) }
        guard let number = whole("number"), number >= 1, let count = whole("count"), let skipped = whole("skipped"),
            let length = whole("length"), let maximumLength = whole("max_length"), let from = id("from"), let to = id("to"),
            let previous = hash("previous"), let digest = hash("digest"),
            let time = value["time"]?.text.flatMap({ Timestamp(iso8601: $0) }),
            let tags = value["tags"]?.text.flatMap(Hexadecimal.words), tags.count == count,
            let ids = value["ids"]?.text.flatMap({ StreamIDList.ids($0) }), ids.count == count,
            ids.first.map({ $0 > from }) ?? true, ids.last.map({ $0 <= to }) ?? true,
            let namespace = value["namespace"]?.text.flatMap({ try? Namespace($0) }),
            let heads = value["heads"]?.elements?.map(Head.init), !heads.contains(nil)
        else { return nil }
        self.init(
            namespace: namespace, server: value["server"]?.text, number: number, time: time, previous: previous, from: from, to: to,
            skipped: skipped, heads: heads.compactMap { $0 },
            digest: digest, ids: ids, tags: tags, cleared: whole("cleared") ?? 0, firstID: id("first_id"),
            entriesAdded: whole("entries_added"),
            length: length, maximumLength: maximumLength, keyName: value["key"]?.text, lost: value["lost"].flatMap(Loss.init))
    }
}

extension CheckpointStatement.Head {
    fileprivate var jsonValue: JSONValue {
        ["hash": .string("\(hash)"), "seq": .integer(sequence), "writer": .string(writer.rawValue)]
    }

    fileprivate init?(_ value: JSONValue) {
        guard let writer = value["writer"]?.text.flatMap(WriterID.init), let sequence = value["seq"]?.whole, sequence >= 1,
            let hash = value["hash"]?.text.flatMap(ChainHash.init(_:))
        else { return nil }
        self.init(writer: writer, sequence: sequence, hash: hash)
    }
}

extension CheckpointStatement.Loss {
    fileprivate init?(_ value: JSONValue) {
        guard let number = value["number"]?.whole, (1...(1 << 53)).contains(number),
            let hash = value["hash"]?.text.flatMap(ChainHash.init(_:))
        else {
            return nil
        }
        self.init(number: number, hash: hash)
    }
}
