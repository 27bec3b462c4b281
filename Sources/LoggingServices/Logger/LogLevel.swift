public import Logging

/// The five levels of the desk (Seed: LogLevel), and how swift-log's seven fall onto them.
public enum LogLevel: String, Sendable, CaseIterable, Comparable {
    case debug, info, warn, error, fatal

    /// trace is debug, notice is info, critical is fatal.
    public init(_ level: Logger.Level) {
        self =
            switch level {
            case .trace, .debug: .debug
            case .info, .notice: .info
            case .warning: .warn
            case .error: .error
            case .critical: .fatal
            }
    }

    /// The swift-log level that lets exactly this level and the graver ones through.
    public var threshold: Logger.Level {
        switch self {
        case .debug: .trace
        case .info: .info
        case .warn: .warning
        case .error: .error
        case .fatal: .critical
        }
    }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warn: 2
        case .error: 3
        case .fatal: 4
        }
    }

    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }
}
