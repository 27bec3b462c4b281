import Logging

extension LogLevel {
    /// The seed's sign before a pretty line.
    var emoji: StaticString {
        switch self {
        case .debug: "🔍"
        case .info: "📝"
        case .warn: "⚠️"
        case .error: "❌"
        case .fatal: "💀"
        }
    }

    /// The number of the terminal's colour: cyan, green, yellow, red, magenta.
    var colour: StaticString {
        switch self {
        case .debug: "36"
        case .info: "32"
        case .warn: "33"
        case .error: "31"
        case .fatal: "35"
        }
    }

    /// In brackets in a pretty line.
    var capitals: StaticString {
        switch self {
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        case .fatal: "FATAL"
        }
    }

    /// As JSON says it.
    var name: StaticString {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warn: "warn"
        case .error: "error"
        case .fatal: "fatal"
        }
    }

    /// The swift-log level that this one is logged at; it comes back as this one.
    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warn: .warning
        case .error: .error
        case .fatal: .critical
        }
    }
}
