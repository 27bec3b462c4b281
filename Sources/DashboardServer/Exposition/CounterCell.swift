import CoreMetrics
import Synchronization

/// One series of a counter: whole additions are one atomic instruction, others a few.
final class CounterCell: CounterHandler, FloatingPointCounterHandler {
    private let whole = Atomic<UInt64>(0)
    private let rest = Atomic<UInt64>(0)

    var value: Double { Double(whole.load(ordering: .relaxed)) + Double(bitPattern: rest.load(ordering: .relaxed)) }

    /// Adds; a counter never goes down.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        rest.update { $0 + amount }
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        rest.store(0, ordering: .relaxed)
    }
}

extension Atomic where Value == UInt64 {
    /// Changes a number that is kept as its bits.
    borrowing func update(_ change: (Double) -> Double) {
        var present = load(ordering: .relaxed)
        while true {
            let next = change(Double(bitPattern: present)).bitPattern
            let (exchanged, original) = weakCompareExchange(expected: present, desired: next, ordering: .relaxed)
            if exchanged { return }
            present = original
        }
    }
}
