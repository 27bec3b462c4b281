import CacheServices
import Logging

/// One record on its way to a line (Seed: LogEntry).
struct LogEntry: Sendable {
    let timestamp: Timestamp
    let level: LogLevel
    let message: String
    /// What the logger knows, already as a JSON object: it changes seldom and is said often. Empty for none.
    let context: [UInt8]
    let error: LoggedError?
    /// What was given with this one call.
    let metadata: Logger.Metadata

    init(
        timestamp: Timestamp = .now, level: LogLevel, message: String, context: [UInt8] = [], error: LoggedError? = nil,
        metadata: Logger.Metadata = [:]
    ) {
        self.timestamp = timestamp
        self.level = level
        self.message = message
        self.context = context
        self.error = error
        self.metadata = metadata
    }
}
