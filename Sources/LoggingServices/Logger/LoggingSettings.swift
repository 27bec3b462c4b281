public import Foundation
public import Logging

/// What a process can be told about its log.
public struct LoggingSettings: Sendable, Hashable {
    /// `LOG_LEVEL`: the least grave level that is logged.
    public var level = LogLevel.info
    /// `LOG_FORMAT`
    public var format = LogFormat.auto
    /// `LOG_FILE`: a file that is written beside standard error, in JSON unless the format is pretty.
    public var file: String?
    /// `LOG_MAX_SIZE` and `LOG_KEEP`
    public var rules = LogFileRules()

    /// Standard error alone, from `info` on.
    public init() {}

    /// Makes the output that the settings ask for: standard error, and the file if there is one.
    public func output(environment: [String: String] = ProcessInfo.processInfo.environment) -> LogOutput {
        let stream = format.lineFormat(isTerminal: isatty(STDERR_FILENO) == 1, environment: environment)
        var destinations = [LogOutput.Destination.standardError(stream)]
        if let file { destinations.append(.file(file, rules, format == .pretty ? .pretty(coloured: false) : .json)) }
        return LogOutput(destinations)
    }

    /// Why the file cannot be opened, as the rest of a sentence; nil when it can be, or when there is none. Makes the file.
    public func fileProblem() -> String? {
        file.flatMap { FileDestination.problem(with: $0, rules: rules) }.map { String(cString: strerror($0)) }
    }

    /// Makes the whole process log through these settings: swift-log's handlers for every library, and what is buffered on a crash.
    ///
    /// For executables, once, before the first logger is made; swift-log takes no second one. Before the process ends, the output must be
    /// flushed.
    public func bootstrap(metadataProvider: Logger.MetadataProvider? = nil) -> LogOutput {
        let output = output()
        output.start()
        output.flushOnCrash()
        let level = level.threshold
        LoggingSystem.bootstrap(
            { label, provider in
                var handler = output.handler(label: label, metadataProvider: provider)
                handler.logLevel = level
                return handler
            }, metadataProvider: metadataProvider)
        return output
    }
}
