import CacheServices

/// An event while it is put together from `data` and `metadata`.
struct AuditDraft {
    var symbol: Symbol = "UNKNOWN"
    var action = ""
    var before: [JSONValue.Member] = []
    var after: [JSONValue.Member] = []
    /// What identifies the event: these names belong to it.
    var identity: [JSONValue.Member] = []
    /// What `data` held besides, and has no place in a state.
    var besides: [JSONValue.Member] = []
    var problems: [FieldProblem] = []

    /// Adds a field where there is something to say.
    static func add(_ name: String, _ value: JSONValue?, to members: inout [JSONValue.Member]) {
        if let value { members.append(.init(name, value)) }
    }

    /// Adds what else an object had, except under names that are taken.
    static func add(_ rest: [JSONValue.Member], to members: inout [JSONValue.Member]) {
        for member in rest where !members.contains(where: { $0.name == member.name }) { members.append(member) }
    }

    /// The object of the members; nothing when there are none.
    static func state(_ members: [JSONValue.Member]) -> JSONValue? { members.isEmpty ? nil : .object(members) }

    /// The metadata of the entry: what the caller gave, and the identifying fields, which win. A caller's other value under one of their
    /// names is kept under `overridden`, so that nothing that was given gets lost.
    func metadata(with given: [JSONValue.Member]) -> JSONValue? {
        var members = identity
        var overridden: [JSONValue.Member] = []
        for member in given + besides {
            guard let known = members.first(where: { $0.name == member.name }) else {
                members.append(member)
                continue
            }
            if known.value != member.value { Self.add([member], to: &overridden) }
        }
        if let overridden = Self.state(overridden) { Self.add([.init("overridden", overridden)], to: &members) }
        return Self.state(members)
    }
}
