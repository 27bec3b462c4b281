import Hiredis

// The steps of metrics: what Redis does, and the same in memory. The index holds `financial` and `custom:<name>`.

extension CacheStep where Outcome == Bool {
    /// Stores a metric; false when `expected` is given and something else is there.
    private static func setMetric(
        _ key: String, _ json: [UInt8], timestamp: Timestamp? = nil, expectation: MetricExpectation, effect: CacheEffect
    ) -> Self {
        CacheStep(
            .setMetric(key, json, expectation.arguments, timestamp: timestamp), effect: effect,
            decode: { reply throws(CacheError) in try reply.isDone() },
            remember: { isDone, store in if isDone { store.remember(key, json, CacheRules.metricsLifetime) } },
            wrote: { $0 },
            inMemory: { store throws(CacheError) in
                let present = try store.string(key)
                if let timestamp { try store.refuseFuture(timestamp) }
                if case .bytes(let expected) = expectation, expected != present { return false }
                try store.set(key, string: json, expires: store.now + CacheRules.metricsLifetime)
                store.changes.append(ChangeEvent(topic: .metrics, event: "set", key: key, value: json))
                return true
            })
    }

    static func setFinancialMetrics(_ metrics: FinancialMetrics) -> Self {
        let key = KeySchema.metricsFinancial
        let json = metrics.json
        return setMetric(
            key, json, timestamp: metrics.timestamp, expectation: .any,
            effect: .replayable(
                .script(
                    .setNewerMetrics, keys: [key, KeySchema.indexMetrics, KeySchema.events],
                    [
                        .bytes(json), .integer(CacheRules.metricsLifetime.wholeMilliseconds), .integer(metrics.timestamp.milliseconds),
                        .integer(CacheRules.eventsLength), .text(key),
                    ])))
    }

    static func compareAndSetFinancialMetrics(expected: [UInt8]?, _ metrics: FinancialMetrics) -> Self {
        let key = KeySchema.metricsFinancial
        let json = metrics.json
        return setMetric(
            key, json, timestamp: metrics.timestamp, expectation: .bytes(expected),
            effect: .overwrites(key: key) { _ in .setMetric(key, json, .unchanged(expected), timestamp: metrics.timestamp) })
    }

    static func setCustomMetric(_ name: MetricName, _ value: CustomMetricValue) -> Self {
        let key = KeySchema.metricsCustom(name)
        let json = value.json
        return setMetric(
            key, json, expectation: .any, effect: .overwrites(key: key) { .setMetric(key, json, .unchanged($0)) })
    }

    static func deleteMetric(_ key: String) -> Self {
        let request = { @Sendable (expectation: [RedisArgument]) -> CacheRequest in
            .script(
                .deleteMetric, keys: [key, KeySchema.indexMetrics, KeySchema.events],
                expectation + [.text(KeySchema.metricMember(key)), .integer(CacheRules.eventsLength), .text(key)])
        }
        return CacheStep(
            request(.noExpectation),
            effect: .overwrites(key: key) { request(.unchanged($0)) },
            decode: { reply throws(CacheError) in try reply.isDone() },
            inMemory: { store in
                let wasThere = store.remove(key)
                if wasThere { store.changes.append(ChangeEvent(topic: .metrics, event: "deleted", key: key, value: [])) }
                return wasThere
            })
    }
}

private enum MetricExpectation: Sendable {
    case any
    case bytes([UInt8]?)

    var arguments: [RedisArgument] {
        switch self {
        case .any: .noExpectation
        case .bytes(let bytes): .expectation(bytes)
        }
    }
}

extension CacheRequest {
    /// - Parameter timestamp: the value's own time, which must not lie ahead; `nil` for values without one.
    static func setMetric(
        _ key: String, _ json: [UInt8], _ expectation: [RedisArgument], timestamp: Timestamp? = nil
    ) -> CacheRequest {
        .script(
            .setMetric, keys: [key, KeySchema.indexMetrics, KeySchema.events],
            expectation + [
                .bytes(json), .integer(CacheRules.metricsLifetime.wholeMilliseconds), .text(KeySchema.metricMember(key)),
                .integer(CacheRules.eventsLength), .text(key), timestamp.map { .integer($0.milliseconds) } ?? "",
            ])
    }
}

extension CacheStep where Outcome == Int {
    /// - Parameter found: keys of metrics that no index may know.
    static func clearMetrics(_ found: [String]) -> Self {
        CacheStep(
            .script(
                .clearMetrics, keys: [KeySchema.indexMetrics, KeySchema.events, KeySchema.metricsPrefix] + found,
                [.integer(CacheRules.eventsLength), .text(KeySchema.metricsFamily)]),
            effect: .needsRedis,
            decode: { reply throws(CacheError) in try reply.count() },
            inMemory: { store in
                let keys = store.keys { $0 == KeySchema.metricsFinancial || $0.hasPrefix(KeySchema.metricsCustomPrefix) }
                for key in keys { store.remove(key) }
                store.changes.append(ChangeEvent(topic: .metrics, event: "cleared", key: KeySchema.metricsFamily, value: []))
                return keys.count
            })
    }
}

/// The financial metrics as stored, and what time it is where they are stored.
struct TimedValue: Sendable {
    let bytes: [UInt8]?
    let clock: Timestamp
}

extension CacheStep where Outcome == TimedValue {
    static var financialMetricsAndClock: Self {
        let key = KeySchema.metricsFinancial
        return CacheStep(
            .script(.valueAndClock, keys: [key], []), effect: .none,
            decode: { reply throws(CacheError) in
                guard let parts = reply.array, parts.count == 2, let clock = parts[1].integer else { throw .unexpectedReply() }
                return TimedValue(bytes: parts[0].bytes, clock: Timestamp(milliseconds: clock))
            },
            remember: { value, store in store.remember(key, value.bytes, CacheRules.metricsLifetime) },
            tally: { .found($0.bytes != nil) },
            inMemory: { store throws(CacheError) in TimedValue(bytes: try store.string(key), clock: store.wallNow) })
    }
}
