public import Logging

extension StructuredLogger {
    /// Logs what only helps to find faults.
    public func debug(
        _ message: @autoclosure () -> String, _ context: @autoclosure () -> LogContext? = nil,
        metadata: @autoclosure () -> Logger.Metadata? = nil, file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(.debug, message(), context(), metadata: metadata(), file: file, function: function, line: line)
    }

    /// Logs the ordinary course of things.
    public func info(
        _ message: @autoclosure () -> String, _ context: @autoclosure () -> LogContext? = nil,
        metadata: @autoclosure () -> Logger.Metadata? = nil, file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(.info, message(), context(), metadata: metadata(), file: file, function: function, line: line)
    }

    /// Logs what somebody should look at.
    public func warn(
        _ message: @autoclosure () -> String, _ context: @autoclosure () -> LogContext? = nil,
        metadata: @autoclosure () -> Logger.Metadata? = nil, file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(.warn, message(), context(), metadata: metadata(), file: file, function: function, line: line)
    }

    /// Logs a failure without an error at hand.
    public func error(
        _ message: @autoclosure () -> String, _ context: @autoclosure () -> LogContext? = nil,
        metadata: @autoclosure () -> Logger.Metadata? = nil, file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(.error, message(), context(), metadata: metadata(), file: file, function: function, line: line)
    }

    /// Logs a failure with its error: type, message, and where it came from as far as that is known.
    public func error(
        _ message: @autoclosure () -> String, _ error: any Error, _ context: @autoclosure () -> LogContext? = nil,
        metadata: @autoclosure () -> Logger.Metadata? = nil, file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(.error, message(), context(), error: error, metadata: metadata(), file: file, function: function, line: line)
    }

    /// Logs what the process does not survive. It does not end the process.
    public func fatal(
        _ message: @autoclosure () -> String, _ context: @autoclosure () -> LogContext? = nil,
        metadata: @autoclosure () -> Logger.Metadata? = nil, file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(.fatal, message(), context(), metadata: metadata(), file: file, function: function, line: line)
    }

    /// The same with its error.
    public func fatal(
        _ message: @autoclosure () -> String, _ error: any Error, _ context: @autoclosure () -> LogContext? = nil,
        metadata: @autoclosure () -> Logger.Metadata? = nil, file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(.fatal, message(), context(), error: error, metadata: metadata(), file: file, function: function, line: line)
    }
}
