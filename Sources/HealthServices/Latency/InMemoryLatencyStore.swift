import CacheServices

/// Samples in the memory of one process: the twin of ``RedisLatencyStore``.
struct InMemoryLatencyStore: LatencyStore {
    private let kept: InMemoryEventStream

    init(maximumLength: Int, clock: CacheClock) {
        kept = InMemoryEventStream(maximumLength: maximumLength, clock: clock)
    }

    var stream: any EventStream { kept }
    let source = CacheSource(.memory)

    /// Its outcome is always known, so that no batch comes twice.
    func add(_ measurements: [LatencyMeasurement], number: Int) async throws(CacheError) {
        for measurement in measurements {
            let values = measurement.storedValues
            var fields: [StreamEntry.Field] = [
                .init(LatencyField.timestamp, values.timestamp), .init(LatencyField.service, values.service),
                .init(LatencyField.operation, values.operation), .init(LatencyField.latency, values.latency),
                .init(LatencyField.success, values.success),
            ]
            if !values.metadata.isEmpty { fields.append(.init(LatencyField.metadata, values.metadata)) }
            try await kept.append(fields)
        }
    }

    func delete(_ ids: [StreamID]) async throws(CacheError) -> Int { try await kept.delete(ids) }

    func clear() async throws(CacheError) -> Int { try await kept.trim(to: 0) }

    func retire() async throws(CacheError) {}
}
