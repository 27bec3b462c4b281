import Foundation
import Synchronization

/// Lets a process that crashes say its last words: traps and faults first bring the buffered log to its destinations, then the signal
/// does what it would have done, so that core and exit status are what they would have been.
///
/// The signals are SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP and SIGABRT; Swift's own traps raise SIGILL or SIGTRAP. A thread whose stack
/// is exhausted cannot run a handler unless it has an alternate stack, and a writer that faults itself is not caught either; then nothing
/// is flushed but what was written before, which is all but the last few milliseconds.
enum CrashFlush {
    static let signals = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT]
    fileprivate static let lanes = Lanes()

    /// Watches over lanes from now to the end of the process. At most eight; further ones are not watched.
    static func install(for lanes: [LogLane]) {
        for lane in lanes { Self.lanes.add(lane) }
        Self.lanes.installOnce()
    }

    /// What the handler finds. A handler gets no argument of ours, so this is one for the process, as signals are.
    // Safe because `previous` is written only once, before the handlers that read it are installed; the rest are atomics.
    fileprivate final class Lanes: @unchecked Sendable {
        private let isInstalled = Atomic<Bool>(false)
        private let count = Atomic<Int>(0)
        /// Retained for ever: the process may crash as long as it lives.
        private let places = UnsafeMutablePointer<Unmanaged<LogLane>>.allocate(capacity: 8)
        private let previous = UnsafeMutablePointer<sigaction>.allocate(capacity: 64)
        /// The thread that crashed first.
        private let owner = Atomic<UInt>(0)

        func add(_ lane: LogLane) {
            let place = count.load(ordering: .relaxed)
            guard place < 8 else { return }
            (places + place).initialize(to: .passRetained(lane))
            count.store(place + 1, ordering: .releasing)
        }

        func installOnce() {
            guard !isInstalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
            for signal in CrashFlush.signals {
                (previous + Int(signal)).initialize(to: sigaction())
                sigaction(signal, nil, previous + Int(signal))
                var action = sigaction()
                // A fault within the handler must end the process, and not wait for the handler to return.
                action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER
                #if canImport(Darwin)
                    action.__sigaction_u.__sa_sigaction = { signal, info, _ in CrashFlush.lanes.handle(signal, info) }
                #else
                    action.__sigaction_handler.sa_sigaction = { signal, info, _ in CrashFlush.lanes.handle(signal, info) }
                #endif
                sigaction(signal, &action, nil)
            }
        }

        /// Runs in the thread that crashed.
        func handle(_ signal: Int32, _ info: UnsafeMutablePointer<siginfo_t>?) {
            let (isFirst, first) = owner.compareExchange(expected: 0, desired: Self.thread, ordering: .acquiringAndReleasing)
            if isFirst {
                for place in 0..<count.load(ordering: .acquiring) { places[place]._withUnsafeGuaranteedRef { $0.flushAfterCrash() } }
            } else if first != Self.thread {
                // Another thread crashed before and ends the process; this one must not end it sooner.
                var pause = timespec(tv_sec: 2, tv_nsec: 0)
                nanosleep(&pause, nil)
            }
            sigaction(signal, previous + Int(signal), nil)
            // A fault comes again by itself when its instruction is tried again, with everything in place for a debugger or a core.
            let isFault = signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE
            if isFault, let info, info.pointee.si_code > 0 { return }
            raise(signal)
        }

        private static var thread: UInt {
            #if canImport(Darwin)
                UInt(bitPattern: pthread_self())
            #else
                pthread_self()
            #endif
        }
    }
}
