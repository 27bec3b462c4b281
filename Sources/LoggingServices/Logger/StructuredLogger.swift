public import Logging

/// The logger of the desk (Seed: StructuredLogger): five levels, a context that children inherit, timing.
///
/// A value around a swift-log `Logger`, so that its records go where those of every library go. A copy has a context and a level of its own.
///
/// ```swift
/// var logger = StructuredLogger(service: "TradingEngine")
/// logger.info("Processing signal", ["signal_id": "sig_123"])
/// logger.error("Trade failed", error, ["symbol": "USDCOP"])
/// let child = logger.child(["symbol": "USDCOP"])
/// ```
public struct StructuredLogger: Sendable {
    /// The swift-log logger that it speaks through, for libraries that take one.
    public private(set) var logger: Logger

    /// Speaks through a logger that is there already.
    public init(_ logger: Logger) { self.logger = logger }

    /// Speaks through the process' logging system as a service.
    public init(service: String, _ context: LogContext = [:]) {
        self.init(Logger(label: service))
        setContext(context)
    }

    /// Logs only this level and the graver ones from now on.
    public mutating func setMinLevel(_ level: LogLevel) { logger.logLevel = level.threshold }

    /// Adds to the context; a field that is there already takes the new value.
    public mutating func setContext(_ context: LogContext) {
        guard !context.fields.isEmpty else { return }
        logger = Self.extended(logger, context)
    }

    /// The context of every record of this logger.
    public func getContext() -> LogContext { LogContext(logger.handler.metadata) }

    /// Empties the context.
    public mutating func clearContext() { logger.handler.metadata = [:] }

    /// A logger that has this one's context and more.
    public func child(_ context: LogContext) -> StructuredLogger {
        StructuredLogger(Self.extended(logger, context))
    }

    /// Logs at a level.
    ///
    /// - Parameters:
    ///   - message: what happened; not computed when the level is off.
    ///   - context: more context, for this record alone.
    ///   - error: what went wrong.
    ///   - metadata: details of this record.
    public func log(
        _ level: LogLevel, _ message: @autoclosure () -> String, _ context: @autoclosure () -> LogContext? = nil,
        error: @autoclosure () -> (any Error)? = nil, metadata: @autoclosure () -> Logger.Metadata? = nil, file: String = #fileID,
        function: String = #function, line: UInt = #line
    ) {
        guard logger.logLevel <= level.level else { return }
        let logger = context().map { Self.extended(self.logger, $0) } ?? logger
        logger.log(
            level: level.level, "\(message())", error: error(), metadata: metadata(), file: file, function: function, line: line)
    }

    private static func extended(_ logger: Logger, _ context: LogContext) -> Logger {
        var logger = logger
        logger.handler.metadata.merge(context.fields) { $1 }
        return logger
    }
}
