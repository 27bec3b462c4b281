import Logging
import LoggingServices

/// Keeps the demo going when a service refuses something, and says so now and then.
///
/// An absence of Redis is no failure here: the services themselves tell of it, and keep what they are given.
struct DemoFailures {
    private let logger: Logger
    private var allowance = LogAllowance(every: .seconds(60))

    init(_ logger: Logger) {
        self.logger = logger
    }

    mutating func attempt(_ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            guard !Task.isCancelled, let more = allowance.take(at: .now) else { return }
            logger.warning("a step of the demo was not carried out as a whole", metadata: ["reason": "\(error)", "more_before": "\(more)"])
        }
    }
}
