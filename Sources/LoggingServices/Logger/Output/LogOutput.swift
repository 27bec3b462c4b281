import CacheServices
import Foundation
public import Logging

/// Where the records of a process go: standard error, a file, or both, each with a thread and a bounded buffer of its own.
///
/// Logging never waits. A record becomes bytes on the thread of its caller and is copied into a buffer of 10,000 records (and 16 MiB);
/// what does not fit is dropped, counted, and told by a record of its own once there is room again. A destination that hangs or fails
/// holds up no other. Lines of one thread keep their order.
///
/// Nothing runs before ``start()``; records until then wait in the buffer.
public final class LogOutput: Sendable {
    /// A place for records, and how they look there.
    public struct Destination: Sendable {
        fileprivate enum Place: Sendable {
            case descriptor(Int32)
            case file(String, LogFileRules)
        }

        fileprivate let place: Place
        let format: LineFormat

        /// Standard error.
        public static func standardError(_ format: LineFormat) -> Destination { descriptor(STDERR_FILENO, format) }

        /// A descriptor that stays the caller's: it is duplicated at once.
        public static func descriptor(_ descriptor: Int32, _ format: LineFormat) -> Destination {
            Destination(place: .descriptor(descriptor), format: format)
        }

        /// A file that is made when it is missing, opened again when it was moved, and begun anew by size and by day.
        public static func file(_ path: String, _ rules: LogFileRules = LogFileRules(), _ format: LineFormat = .json) -> Destination {
            Destination(place: .file(path, rules), format: format)
        }
    }

    private let lanes: [LogLane]

    /// - Parameters:
    ///   - destinations: where records go; the first stream among them is told when a file cannot be written.
    ///   - capacity: records that may wait for each destination.
    public convenience init(_ destinations: [Destination], capacity: Int = 10_000) {
        self.init(destinations, capacity: capacity, now: { .now })
    }

    init(_ destinations: [Destination], capacity: Int = 10_000, now: @escaping @Sendable () -> Timestamp) {
        let streams = destinations.compactMap { destination -> LogLane? in
            guard case .descriptor(let descriptor) = destination.place else { return nil }
            let open = OpenDescriptor()
            return LogLane(
                StreamDestination(descriptor, name: "the log's stream", open: open), open: open, format: destination.format,
                capacity: capacity
            ) { _ in }
        }
        let listener = streams.first
        let files = destinations.compactMap { destination -> LogLane? in
            guard case .file(let path, let rules) = destination.place else { return nil }
            let open = OpenDescriptor()
            return LogLane(
                FileDestination(path, rules: rules, open: open, now: now), open: open, format: destination.format, capacity: capacity
            ) { Self.tell($0, to: listener) }
        }
        lanes = streams + files
    }

    /// Starts the writers; a second time does nothing.
    public func start() {
        for lane in lanes { lane.start() }
    }

    /// From now on a crash of this process first brings what is buffered to its destination.
    ///
    /// For the executable: it takes the process' handlers of SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP and SIGABRT, and passes each
    /// signal on to what was there before.
    public func flushOnCrash() {
        CrashFlush.install(for: lanes)
    }

    /// Waits until every record so far is written or was given up.
    ///
    /// - Parameter limit: the longest time to wait.
    /// - Returns: false when records were still waiting at the end of the time.
    @discardableResult
    public func flush(within limit: Duration = .seconds(2)) async -> Bool {
        await withCheckedContinuation { continuation in
            // Not on a thread of the cooperative pool, for this waits; and a cancelled task's records are as good as any.
            Thread.detachNewThread { continuation.resume(returning: self.flushNow(within: limit)) }
        }
    }

    /// The same, blocking the thread of the caller.
    @discardableResult
    public func flushNow(within limit: Duration = .seconds(2)) -> Bool {
        let deadline = ContinuousClock.now + limit
        return lanes.reduce(true) { $1.flush(until: deadline) && $0 }
    }

    /// Flushes, and ends the threads. Later records are dropped.
    @discardableResult
    public func stop(within limit: Duration = .seconds(2)) async -> Bool {
        let isFlushed = await flush(within: limit)
        for lane in lanes { lane.stop() }
        return isFlushed
    }

    /// Records that did not reach a destination so far, exactly; one that was meant for two and reached neither counts twice.
    public var droppedRecords: Int { lanes.reduce(0) { $0 + $1.buffer.lostRecords } }

    /// A handler for swift-log that writes here.
    public func handler(label: String, metadataProvider: Logger.MetadataProvider? = nil) -> StructuredLogHandler {
        StructuredLogHandler(label: label, output: self, metadataProvider: metadataProvider)
    }

    func write(_ entry: LogEntry) {
        var done: (format: LineFormat, bytes: [UInt8])?
        for lane in lanes {
            let bytes: [UInt8]
            if let done, done.format == lane.format { bytes = done.bytes } else { bytes = lane.format.bytes(entry) }
            done = (lane.format, bytes)
            lane.buffer.append(bytes)
        }
    }

    /// Says what happened to a file where it can still be read.
    private static func tell(_ trouble: LogLane.Trouble, to listener: LogLane?) {
        let entry =
            switch trouble {
            case .failed(let name, let code):
                LogEntry(
                    level: .error, message: "\(name) cannot be written; records are kept as long as there is room",
                    metadata: ["reason": "\(String(cString: strerror(code)))"])
            case .recovered(let name):
                LogEntry(level: .warn, message: "\(name) can be written again")
            }
        if let listener { return listener.buffer.append(listener.format.bytes(entry)) }
        let line = LineFormat.pretty(coloured: false).bytes(entry)
        var waiting = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        if poll(&waiting, 1, 0) == 1, waiting.revents & Int16(POLLOUT) != 0 { _ = Foundation.write(STDERR_FILENO, line, line.count) }
    }
}
