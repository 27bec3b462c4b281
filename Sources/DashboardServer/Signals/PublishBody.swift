import CacheServices

/// The body of `POST /api/cache/signals`.
struct PublishBody: Sendable {
    let signal: Signal
    let target: PublishTarget

    /// - Throws: `ValidationError` with everything that is wrong, in the body and in the signal.
    init(_ value: JSONValue) throws(ValidationError) {
        var reader = JSONObjectReader(value, mode: .strict)
        let target = reader.choice("action", of: PublishTarget.self, .optional)
        let audit = reader.value("audit", .optional)
        let signal = reader.part("signal") { value throws(ValidationError) in try Signal(strict: value) }
        switch audit {
        case nil, .bool(false)?: break
        case .bool(true)?: reader.report("audit", .outOfRange, "must be false: audited publishing is not available yet")
        default: reader.report("audit", .wrongType, "must be false")
        }
        reader.finish()
        guard reader.problems.isEmpty, let signal else { throw reader.error }
        self.signal = signal
        self.target = target ?? .latestAndHistory
    }
}
