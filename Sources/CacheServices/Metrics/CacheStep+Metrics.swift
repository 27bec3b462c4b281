import Hiredis

// The steps of metrics: what Redis does, and the same in memory. The index holds `financial` and `custom:<name>`.

extension CacheStep where Outcome == Bool {
    /// Stores a metric; false when `expected` is given and something else is there.
    private static func setMetric(
        _ key: String, _ json: [UInt8], expectation: MetricExpectation, effect: CacheEffect
    ) -> Self {
        CacheStep(
            .setMetric(key, json, expectation.arguments), effect: effect,
            decode: { reply throws(CacheError) in try reply.isDone() },
            remember: { isDone, store in if isDone { store.remember(key, json, CacheRules.metricsLifetime) } },
            wrote: { $0 },
            inMemory: { store throws(CacheError) in
                let present = try store.string(key)
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
            key, json, expectation: .any,
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
            key, json, expectation: .bytes(expected),
            effect: .overwrites(key: key) { .setMetric(key, json, .expectation($0)) })
    }

    static func setCustomMetric(_ name: MetricName, _ value: CustomMetricValue) -> Self {
        let key = KeySchema.metricsCustom(name)
        let json = value.json
        return setMetric(
            key, json, expectation: .any, effect: .overwrites(key: key) { .setMetric(key, json, .expectation($0)) })
    }

    static func deleteMetric(_ key: String) -> Self {
        let request = { @Sendable (expectation: [RedisArgument]) -> CacheRequest in
            .script(
                .deleteMetric, keys: [key, KeySchema.indexMetrics, KeySchema.events],
                expectation + [.text(CacheRequest.metricMember(key)), .integer(CacheRules.eventsLength), .text(key)])
        }
        return CacheStep(
            request(.noExpectation),
            effect: .overwrites(key: key) { request(.expectation($0)) },
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
    static func setMetric(_ key: String, _ json: [UInt8], _ expectation: [RedisArgument]) -> CacheRequest {
        .script(
            .setMetric, keys: [key, KeySchema.indexMetrics, KeySchema.events],
            expectation + [
                .bytes(json), .integer(CacheRules.metricsLifetime.wholeMilliseconds), .text(metricMember(key)),
                .integer(CacheRules.eventsLength), .text(key),
            ])
    }

    static let metricsPrefix = "metrics:"

    static func metricMember(_ key: String) -> String { String(key.dropFirst(metricsPrefix.count)) }
}

extension CacheStep where Outcome == Int {
    static var clearMetrics: Self {
        CacheStep(
            .script(
                .clearMetrics,
                keys: [KeySchema.indexMetrics, KeySchema.events, KeySchema.metricsFinancial, KeySchema.metricsCustomPrefix],
                [.integer(CacheRules.eventsLength)]),
            effect: .needsRedis,
            decode: { reply throws(CacheError) in try reply.count() },
            inMemory: { store in
                let keys = store.keys { $0 == KeySchema.metricsFinancial || $0.hasPrefix(KeySchema.metricsCustomPrefix) }
                for key in keys { store.remove(key) }
                store.changes.append(ChangeEvent(topic: .metrics, event: "cleared", key: "metrics", value: []))
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
