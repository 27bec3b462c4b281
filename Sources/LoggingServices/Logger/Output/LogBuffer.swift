import Foundation
import Synchronization

/// Finished lines on their way to one destination: bounded, and never waited for.
///
/// There are two regions of memory. Callers append to the one in front; the writer takes the whole of it, and they change places. So
/// a caller copies a few hundred bytes under a lock that nobody holds longer, and a signal handler finds in memory that never moves
/// what has not reached the descriptor yet.
///
/// The bounds: 10,000 records that are not written yet, and 8 MiB for each of the regions. What does not fit is counted.
// Safe because the memory of the regions is written only under the lock (the front) or not at all (the back, which only the writer
// reads), and freed when nobody refers to the buffer any more; everything else is a lock or an atomic.
final class LogBuffer: @unchecked Sendable {
    static let standardCapacity = 10_000
    private static let regionSize = 8 << 20
    private static let pageSize = 4096
    /// What an idle buffer may keep of the memory that a burst took.
    private static let keptMemory = 1 << 20

    /// What the writer took to write.
    struct Batch {
        let bytes: UnsafeRawBufferPointer
        let records: Int
        /// Records that found no room after those of the batch.
        let dropped: Int
        /// Those of them that no batch before told or tried to tell.
        fileprivate let fresh: Int
        fileprivate let region: Int
    }

    private struct State {
        var front = 0
        /// Records in the front, and in the back until it is settled.
        var waiting = 0
        var taken = 0
        var used = 0
        /// Dropped since the last batch was taken.
        var dropped = 0
        /// Dropped before, and not told because the destination failed: told beside the next record, for a dead stream is not asked again
        /// and again.
        var untold = 0
        var greatestUse = 0
        var isWriterAsleep = false
        var isClosed = false
    }

    private struct Region: ~Copyable {
        let base: UnsafeMutableRawPointer
        /// Bytes that are there, and those of them that have reached the destination.
        let filled = Atomic<Int>(0)
        let written = Atomic<Int>(0)

        init() { base = .allocate(byteCount: LogBuffer.regionSize, alignment: LogBuffer.pageSize) }
        deinit { base.deallocate() }

        var unwritten: UnsafeRawBufferPointer {
            let start = written.load(ordering: .acquiring)
            return UnsafeRawBufferPointer(start: base + start, count: max(0, filled.load(ordering: .acquiring) - start))
        }
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let first = Region()
    private let second = Region()
    private let front = Atomic<Int>(0)
    private let accepted = Atomic<Int>(0)
    private let settled = Atomic<Int>(0)
    private let lost = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let told = Atomic<Int>(0)
    private let wake = DispatchSemaphore(value: 0)

    init(capacity: Int = standardCapacity) { self.capacity = capacity }

    /// Records that were taken in so far; those that came to an end, written or given up; and those that were given up or had no room.
    var acceptedRecords: Int { accepted.load(ordering: .acquiring) }
    var settledRecords: Int { settled.load(ordering: .acquiring) }
    var lostRecords: Int { lost.load(ordering: .acquiring) }

    /// Records that found no room so far; and those of them that were told, or cannot be at the moment.
    var refusedRecords: Int { refused.load(ordering: .acquiring) }
    var toldRecords: Int { told.load(ordering: .acquiring) }

    /// Takes a record in, or counts it as dropped. Never waits for the writer.
    func append(_ record: [UInt8]) {
        let isWriterNeeded = state.withLock { state in
            // What comes after the end is not told any more: nobody writes.
            guard !state.isClosed else {
                lost.wrappingAdd(1, ordering: .relaxed)
                return false
            }
            guard state.waiting + state.taken < capacity, state.used + record.count <= Self.regionSize else {
                state.dropped += 1
                lost.wrappingAdd(1, ordering: .relaxed)
                refused.wrappingAdd(1, ordering: .releasing)
                return false
            }
            withRegion(state.front) { region in
                let place = UnsafeMutableRawBufferPointer(start: region.base + state.used, count: record.count)
                record.withUnsafeBytes { place.copyMemory(from: $0) }
                state.used += record.count
                region.filled.store(state.used, ordering: .releasing)
            }
            state.waiting += 1
            accepted.wrappingAdd(1, ordering: .releasing)
            // A writer that is only taking a breath comes back by itself, unless the front fills too fast.
            guard state.isWriterAsleep || state.waiting == capacity / 2 else { return false }
            state.isWriterAsleep = false
            return true
        }
        if isWriterNeeded { wake.signal() }
    }

    /// Takes everything that waits, for the one writer; nil when there is nothing to write or to tell. The batch before must be settled.
    ///
    /// After nil the next record wakes the writer.
    func take() -> Batch? {
        state.withLock { state in
            guard state.waiting > 0 || state.dropped > 0 else {
                state.isWriterAsleep = true
                return nil
            }
            let region = state.front
            let batch = withRegion(region) { memory in
                Batch(
                    bytes: UnsafeRawBufferPointer(start: memory.base, count: state.used), records: state.waiting,
                    dropped: state.dropped + state.untold, fresh: state.dropped, region: region)
            }
            withRegion(1 - region) { memory in
                memory.filled.store(0, ordering: .relaxed)
                memory.written.store(0, ordering: .relaxed)
            }
            state.greatestUse = max(state.greatestUse, state.used)
            (state.taken, state.waiting, state.used) = (state.waiting, 0, 0)
            (state.dropped, state.untold) = (0, 0)
            state.front = 1 - region
            front.store(state.front, ordering: .releasing)
            return batch
        }
    }

    /// Notes how many bytes of a batch have reached the destination.
    func note(_ written: Int, of batch: Batch) {
        withRegion(batch.region) { $0.written.store(written, ordering: .releasing) }
    }

    /// Makes room for as many records as the batch had; `abandoned` of them did not reach the destination.
    ///
    /// - Parameter isTold: whether the drops before were told.
    func settle(_ batch: Batch, abandoned: Int, isTold: Bool) {
        note(batch.bytes.count, of: batch)
        state.withLock { state in
            state.taken = 0
            state.untold += abandoned + (isTold ? 0 : batch.dropped)
        }
        told.wrappingAdd(batch.fresh, ordering: .releasing)
        lost.wrappingAdd(abandoned, ordering: .relaxed)
        settled.wrappingAdd(batch.records, ordering: .releasing)
    }

    /// Takes no more records.
    func close() { state.withLock { $0.isClosed = true } }

    /// Waits for a record, or for ``interrupt()``.
    func sleep() {
        releaseMemory()
        wake.wait()
    }

    /// Waits for a time, or for ``interrupt()``.
    func pause(_ duration: DispatchTimeInterval) { _ = wake.wait(timeout: .now() + duration) }

    /// Makes the writer look again.
    func interrupt() { wake.signal() }

    /// What is not written yet, the oldest bytes first. Without a lock, for a process that is about to end: bytes may be written
    /// meanwhile, but none is missed.
    func unwritten(_ body: (UnsafeRawBufferPointer) -> Void) {
        let front = front.load(ordering: .acquiring)
        withRegion(1 - front) { body($0.unwritten) }
        withRegion(front) { body($0.unwritten) }
    }

    private func withRegion<Result>(_ number: Int, _ body: (borrowing Region) -> Result) -> Result {
        number == 0 ? body(first) : body(second)
    }

    /// Gives back what a burst took, once it is over.
    private func releaseMemory() {
        #if os(Linux)
            state.withLock { state in
                guard state.greatestUse > Self.keptMemory, state.waiting == 0, state.taken == 0 else { return }
                state.greatestUse = 0
                for number in 0..<2 {
                    withRegion(number) { region in
                        _ = madvise(region.base + Self.keptMemory, Self.regionSize - Self.keptMemory, MADV_DONTNEED)
                    }
                }
            }
        #endif
    }
}
