import CacheServices
import DequeModule
import Synchronization

/// Samples in the memory of one process: the twin of ``RedisPerformanceStore``.
final class InMemoryPerformanceStore: PerformanceStore {
    private let maximumLength: Int
    private let kept = Mutex<[OperationName: Deque<PerformanceLogEntry>]>([:])

    init(maximumLength: Int = CacheRules.performanceLength) {
        self.maximumLength = maximumLength
    }

    let source = CacheSource(.memory)

    /// Its outcome is always known, so that no batch comes twice.
    func add(_ batch: PerformanceBatch) async throws(CacheError) -> Int {
        kept.withLock { kept in
            for (name, entries) in batch.series {
                kept[name, default: []].append(contentsOf: entries)
                let surplus = kept[name, default: []].count - maximumLength
                if surplus > 0 { kept[name]?.removeFirst(surplus) }
            }
        }
        return 0
    }

    func series(_ operation: OperationName) async throws(CacheError) -> PerformanceSeries {
        let entries = kept.withLock { $0[operation] ?? [] }
        return PerformanceSeries(operation: operation, samples: entries.map(PerformanceSeries.Sample.init))
    }

    func allSeries() async throws(CacheError) -> [PerformanceSeries] {
        kept.withLock { $0 }.sorted { $0.key < $1.key }.map { name, entries in
            PerformanceSeries(operation: name, samples: entries.map(PerformanceSeries.Sample.init))
        }
    }

    func clear() async throws(CacheError) -> Int {
        kept.withLock { kept in
            defer { kept.removeAll() }
            return kept.count
        }
    }
}
