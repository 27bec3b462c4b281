import Logging

extension StructuredLogger {
    /// Times a piece of work (Seed: time): debug when it starts, and info, or error when it throws, with `duration_ms` when it ends.
    ///
    /// - Parameters:
    ///   - operation: what the work is called.
    ///   - context: more context for its records.
    /// - Returns: what the work returns.
    /// - Throws: what the work throws.
    public func time<Value, Failure: Error>(
        _ operation: String, _ context: LogContext? = nil, isolation: isolated (any Actor)? = #isolation, file: String = #fileID,
        function: String = #function, line: UInt = #line, _ work: () async throws(Failure) -> sending Value
    ) async throws(Failure) -> sending Value {
        log(.debug, "\(operation) started", context, metadata: ["operation": "\(operation)"], file: file, function: function, line: line)
        let start = ContinuousClock.now
        func tell(_ level: LogLevel, _ ending: String, _ error: (any Error)? = nil) {
            let milliseconds = ((ContinuousClock.now - start) / .microseconds(1)).rounded() / 1000
            log(
                level, "\(operation) \(ending)", context, error: error,
                metadata: ["operation": "\(operation)", "duration_ms": .stringConvertible(milliseconds)], file: file, function: function,
                line: line)
        }
        do throws(Failure) {
            let value = try await work()
            tell(.info, "completed")
            return value
        } catch {
            tell(.error, "failed", error)
            throw error
        }
    }
}
