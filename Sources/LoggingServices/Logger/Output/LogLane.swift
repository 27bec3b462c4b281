import CacheServices
import Foundation
import Logging
import Synchronization

/// One destination with its buffer and the thread that writes: a slow or broken destination holds up no other, and no caller.
final class LogLane: Sendable {
    /// What happens to a destination, told to whoever can still say it.
    enum Trouble: Sendable {
        case failed(name: String, code: Int32)
        case recovered(name: String)
    }

    /// How long the writer gathers records after it wrote some; so a burst wakes it once, and not for every record.
    private static let breath = DispatchTimeInterval.milliseconds(5)
    /// How long it waits before it tries a failing destination again.
    private static let retryPause = DispatchTimeInterval.seconds(1)
    /// The same while somebody waits for the end.
    private static let hurriedRetryPause = DispatchTimeInterval.milliseconds(20)

    let format: LineFormat
    let buffer: LogBuffer
    private let destination: any LogDestination
    private let open: OpenDescriptor
    private let report: @Sendable (Trouble) -> Void
    private let isStarted = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)
    private let isEnded = Atomic<Bool>(false)
    private let waiting = Atomic<Int>(0)
    private let writer = Atomic<UInt>(0)

    /// - Parameter open: the descriptor that the destination writes to, as the destination keeps it.
    init(
        _ destination: any LogDestination, open: OpenDescriptor, format: LineFormat, capacity: Int,
        report: @escaping @Sendable (Trouble) -> Void
    ) {
        self.destination = destination
        self.open = open
        self.format = format
        self.report = report
        buffer = LogBuffer(capacity: capacity)
    }

    /// Starts the writer; a second time does nothing.
    func start() {
        guard !isStarted.exchange(true, ordering: .relaxed) else { return }
        let thread = Thread { [self] in run() }
        thread.name = "log writer"
        thread.stackSize = 512 * 1024
        // A thread begins with the mask of its maker: there must be no moment in which the writer takes a signal.
        var (signals, before) = (Self.refusedSignals, sigset_t())
        pthread_sigmask(SIG_BLOCK, &signals, &before)
        thread.start()
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    /// Waits until everything that was taken in before has come to an end, and what was dropped before is told; answers whether it is so.
    /// Blocks its thread.
    func flush(until deadline: ContinuousClock.Instant) -> Bool {
        let (target, refused) = (buffer.acceptedRecords, buffer.refusedRecords)
        waiting.wrappingAdd(1, ordering: .releasing)
        defer { waiting.wrappingSubtract(1, ordering: .releasing) }
        buffer.interrupt()
        while buffer.settledRecords < target || buffer.toldRecords < refused {
            guard isStarted.load(ordering: .relaxed), !isEnded.load(ordering: .acquiring), ContinuousClock.now < deadline else {
                return false
            }
            usleep(500)
        }
        return true
    }

    /// Takes no more records, and ends the writer once it has written what it can.
    func stop() {
        buffer.close()
        isStopping.store(true, ordering: .releasing)
        buffer.interrupt()
    }

    private func run() {
        writer.store(Self.thread, ordering: .releasing)
        var destination = destination
        while true {
            if let batch = buffer.take() {
                write(batch, to: &destination)
                if !isHurried { buffer.pause(Self.breath) }
            } else if isStopping.load(ordering: .acquiring) {
                break
            } else {
                buffer.sleep()
            }
        }
        writer.store(0, ordering: .releasing)
        destination.close()
        isEnded.store(true, ordering: .releasing)
    }

    private var isHurried: Bool { waiting.load(ordering: .acquiring) > 0 || isStopping.load(ordering: .acquiring) }

    private func write(_ batch: LogBuffer.Batch, to destination: inout any LogDestination) {
        let rest = write(batch.bytes, to: &destination) { buffer.note($0, of: batch) }
        var isTold = true
        if batch.dropped > 0 {
            let notice = format.bytes(Self.notice(batch.dropped))
            isTold = notice.withUnsafeBytes { write($0, to: &destination) { _ in }.isEmpty }
        }
        buffer.settle(batch, abandoned: LogRecords.count(in: rest), isTold: isTold)
    }

    /// Writes bytes as far as it goes; answers those that were given up.
    private func write(
        _ bytes: UnsafeRawBufferPointer, to destination: inout any LogDestination, _ progress: (Int) -> Void
    ) -> UnsafeRawBufferPointer {
        var (offset, hasFailed) = (0, false)
        while offset < bytes.count {
            switch destination.write(UnsafeRawBufferPointer(rebasing: bytes[offset...])) {
            case .wrote(let count):
                offset += count
                progress(offset)
                if hasFailed { report(.recovered(name: destination.name)) }
                hasFailed = false
            case .rewound(let count):
                offset = max(0, offset - count)
            case .failed(let code):
                guard destination.keepsTrying, !isStopping.load(ordering: .acquiring) else {
                    return UnsafeRawBufferPointer(rebasing: bytes[offset...])
                }
                if !hasFailed { report(.failed(name: destination.name, code: code)) }
                hasFailed = true
                buffer.pause(isHurried ? Self.hurriedRetryPause : Self.retryPause)
            }
        }
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }

    private static func notice(_ count: Int) -> LogEntry {
        LogEntry(
            level: .warn, message: "\(count) records were dropped: the log was not written as fast as it came",
            metadata: ["dropped": .stringConvertible(count)])
    }

    /// What the writer does not take. A reader that went away and a limit of file size are errors of a write, not the end of the process.
    /// And a signal that ends the process must find another thread: this one is needed to write what is left.
    private static var refusedSignals: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGPIPE, SIGXFSZ] + CrashFlush.signals { sigaddset(&signals, signal) }
        return signals
    }
}

extension LogLane {
    private static var thread: UInt {
        #if canImport(Darwin)
            UInt(bitPattern: pthread_self())
        #else
            pthread_self()
        #endif
    }

    /// Brings what is not written to the descriptor after a crash of this process, within about 200 ms.
    ///
    /// For signal handlers: no lock is taken, nothing is allocated, and whatever waits is bounded. The writer, which still runs, has the
    /// first try; what it does not bring to an end is written from here, unless that would wait for a reader.
    func flushAfterCrash() {
        let target = buffer.acceptedRecords
        for _ in 0..<200 where writer.load(ordering: .acquiring) != Self.thread {
            if buffer.settledRecords >= target { return }
            var pause = timespec(tv_sec: 0, tv_nsec: 1_000_000)
            nanosleep(&pause, nil)
        }
        guard open.value >= 0 else { return }
        buffer.unwritten { bytes in
            var offset = 0
            while offset < bytes.count {
                var waiting = pollfd(fd: open.value, events: Int16(POLLOUT), revents: 0)
                guard poll(&waiting, 1, 0) == 1, waiting.revents & Int16(POLLOUT) != 0 else { return }
                // A pipe that is ready takes this much without waiting (POSIX: PIPE_BUF).
                let count = Foundation.write(open.value, bytes.baseAddress?.advanced(by: offset), min(bytes.count - offset, 512))
                guard count > 0 else { return }
                offset += count
            }
        }
    }
}
