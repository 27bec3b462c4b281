import Foundation
import Logging
import LoggingServices

/// One caller that logs a line with a context of two fields and metadata of two.
enum LogLoad {
    /// Lines between two flushes: fewer than the buffer takes, so that what is measured was written and not dropped.
    private static let burst = 5000

    /// Nanoseconds a line, to the caller.
    ///
    /// - Parameter load: `log-json`, ours to a file; `log-stream`, swift-log's stream handler, whose standard error is a file;
    ///   `log-blocked`, ours to a pipe that nobody reads, where it is the time that one line in a thousand takes longer than.
    static func nanoseconds(_ load: String, _ total: Int) async throws -> Int {
        if load == "log-blocked" { return try blocked(total) }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("usdcop-bench-\(getpid()).log").path
        defer { unlink(path) }
        guard load == "log-json" else { return stream(path, total) }
        let output = LogOutput([.file(path)])
        output.start()
        let elapsed = await measure(Logger(label: "bench") { output.handler(label: $0) }, total) { await output.flush() }
        guard await output.stop(), output.droppedRecords == 0 else { exit(74) }
        return elapsed
    }

    private static func stream(_ path: String, _ total: Int) -> Int {
        let (file, before) = (open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600), dup(STDERR_FILENO))
        dup2(file, STDERR_FILENO)
        defer { dup2(before, STDERR_FILENO) }
        let logger = prepared(Logger(label: "bench") { StreamLogHandler.standardError(label: $0) })
        let elapsed = ContinuousClock().measure { for number in 0..<total { log(logger, number) } }
        return Int(elapsed / .nanoseconds(1) / Double(total))
    }

    /// The 99.9th percentile of the calls. The pipe is full after a few hundred lines, the buffer after some thousand.
    private static func blocked(_ total: Int) throws -> Int {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        let output = LogOutput([.descriptor(ends[1], .json)])
        output.start()
        let logger = prepared(Logger(label: "bench") { output.handler(label: $0) })
        var times: [Duration] = []
        times.reserveCapacity(total)
        for number in 0..<total { times.append(ContinuousClock().measure { log(logger, number) }) }
        guard output.droppedRecords > 0 else { exit(74) }
        times.sort()
        return Int(times[max(0, total * 999 / 1000 - 1)] / .nanoseconds(1))
    }

    private static func measure(_ logger: Logger, _ total: Int, flush: () async -> Void) async -> Int {
        let logger = prepared(logger)
        let bursts = max(1, total / burst)
        var elapsed = Duration.zero
        for _ in 0..<bursts {
            elapsed += ContinuousClock().measure { for number in 0..<burst { log(logger, number) } }
            await flush()
        }
        return Int(elapsed / .nanoseconds(1) / Double(bursts * burst))
    }

    private static func prepared(_ logger: Logger) -> Logger {
        var logger = logger
        logger[metadataKey: "service"] = "bench"
        logger[metadataKey: "request_id"] = "1x2y3z-42"
        return logger
    }

    @inline(never) private static func log(_ logger: Logger, _ number: Int) {
        logger.info("stored the latest signal", metadata: ["symbol": "USDCOP", "number": .stringConvertible(number)])
    }
}
