import CoreMetrics

/// What the trail tells swift-metrics: events by how safely they are kept, repeats of requests, and refusals by their reason.
struct AuditMetrics: Sendable {
    private let appends: [AuditDurability: Counter]
    private let refusals: [AuditError.Code: Counter]
    private let repeats: Counter

    init(_ factory: any MetricsFactory) {
        // Made at once, so that a first refusal is an increase from zero, which rates can see.
        appends = Dictionary(
            uniqueKeysWithValues: AuditDurability.allCases.map { durability in
                (
                    durability,
                    Counter(label: "usdcop_audit_appends_total", dimensions: [("durability", durability.rawValue)], factory: factory)
                )
            })
        refusals = Dictionary(
            uniqueKeysWithValues: AuditError.Code.allCases.map { code in
                (code, Counter(label: "usdcop_audit_refusals_total", dimensions: [("reason", code.rawValue)], factory: factory))
            })
        repeats = Counter(label: "usdcop_audit_repeats_total", factory: factory)
    }

    /// Counts an event that is recorded, or a request that had been before.
    func count(_ receipt: AuditReceipt) {
        if receipt.isRepeat { repeats.increment() } else { appends[receipt.durability]?.increment() }
    }

    /// Counts an event that was not acknowledged.
    func count(_ error: AuditError) { refusals[error.code]?.increment() }

    /// Counts what the lane did with an event, where no receipt is made of it.
    ///
    /// - Parameter durability: what survives of what Redis takes now.
    func count(_ answer: Result<LaneAnswer, AuditError>, _ durability: @autoclosure () -> AuditDurability) {
        switch answer {
        case .success(.recorded): appends[durability()]?.increment()
        case .success(.spooled): appends[.spooled]?.increment()
        case .success(.remembered): repeats.increment()
        case .success(.notAdded), .success(.moved): break
        case .failure(let error): count(error)
        }
    }
}
