public import Logging
import Synchronization

/// Keeps everything that is logged through it, at every level unless told otherwise.
public final class RecordedLog: Sendable {
    /// One record as the handler got it.
    public struct Record: Sendable {
        public let level: Logger.Level
        public let message: String
        public let metadata: [String: String]
    }

    private let kept = Mutex<[Record]>([])

    private let level: Logger.Level

    /// - Parameter level: the least grave records that are kept; a long run that keeps them all is no measure of memory.
    public init(level: Logger.Level = .trace) { self.level = level }

    public var records: [Record] { kept.withLock { $0 } }

    /// Each record as `level: message`.
    public var messages: [String] { records.map { "\($0.level): \($0.message)" } }

    public var logger: Logger { Logger(label: "test") { _ in Handler(log: self, logLevel: self.level) } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
            log.kept.withLock { $0.append(Record(level: event.level, message: "\(event.message)", metadata: all)) }
        }
    }
}

extension Logger {
    /// Says nothing.
    public static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
