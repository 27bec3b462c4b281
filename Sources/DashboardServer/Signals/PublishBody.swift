import CacheServices

/// The body of `POST /api/cache/signals`.
struct PublishBody: Sendable {
    let signal: Signal
    let target: PublishTarget
    /// Whether the event of the signal is recorded in the same step.
    let isAudited: Bool

    /// - Throws: `ValidationError` with everything that is wrong, in the body and in the signal.
    init(_ value: JSONValue) throws(ValidationError) {
        var reader = JSONObjectReader(value, mode: .strict)
        let target = reader.choice("action", of: PublishTarget.self, .optional)
        let audit = reader.value("audit", .optional)
        let signal = reader.part("signal") { value throws(ValidationError) in try Signal(strict: value) }
        switch audit {
        case nil, .bool(false)?: break
        case .bool(true)? where target == .latest:
            reader.report("audit", .outOfRange, "must be false with set-latest: what tells a repeat is the history")
        case .bool(true)?: break
        default: reader.report("audit", .wrongType, "must be true or false")
        }
        reader.finish()
        guard reader.problems.isEmpty, let signal else { throw reader.error }
        self.signal = signal
        self.target = target ?? .latestAndHistory
        isAudited = audit == .bool(true)
    }
}
