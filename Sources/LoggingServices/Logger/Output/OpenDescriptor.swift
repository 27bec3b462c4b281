import Synchronization

/// The descriptor that a destination writes to at the moment, for the last words of a process; -1 for none.
final class OpenDescriptor: Sendable {
    private let number = Atomic<Int32>(-1)

    var value: Int32 { number.load(ordering: .acquiring) }

    func set(_ descriptor: Int32) { number.store(descriptor, ordering: .releasing) }
}
