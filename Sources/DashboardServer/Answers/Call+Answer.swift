import CacheServices

extension Call {
    /// An answer of these members, and `unreadable` with the keys of damaged values that were passed by.
    func answer(_ value: JSONValue) -> Answer {
        let unreadable = trace.unreadableKeys
        guard !unreadable.isEmpty, case .object(let members) = value else { return Answer(value) }
        return Answer(.object(members + [.init("unreadable", .array(unreadable.map { .string(KeySchema(namespace).full($0)) }))]))
    }

    /// Where the last write went: `redis` or `memory`.
    var stored: JSONValue {
        trace.source.map { .string($0.backend.rawValue) } ?? .null
    }
}
