import CacheServices
import Hiredis
import Logging
import LoggingServices

/// Whether this process is the one that works for all of them.
struct Leadership: Sendable {
    /// Where this process stands.
    enum Standing: Sendable, Hashable {
        /// It works for all, in the term of a fencing number.
        case leads(Int)
        /// Another one does.
        case follows
        /// It has lost sight of the others: it works for itself.
        case alone
        /// Not known yet, or not any more.
        case unknown
    }

    let standing: @Sendable () -> Standing
    /// How often that is looked at.
    let tick: Duration
    let logger: Logger

    /// How long to wait after an error.
    private static let pause = Duration.milliseconds(250)
    private static let reportInterval = Duration.seconds(60)

    /// The fencing number of the present term; `nil` while this process does not lead.
    func fence() -> Int? { if case .leads(let term) = standing() { term } else { nil } }

    /// Whether a term still lasts.
    func holds(_ term: Int) -> Bool { fence() == term }

    /// Runs work in every term, begins it anew when it fails, and ends it when another process leads, until the task ends.
    func run(_ name: String, _ work: @escaping @Sendable (_ term: Int) async throws -> Void) async {
        var reports = LogAllowance(every: Self.reportInterval)
        while !Task.isCancelled {
            guard let term = fence() else {
                try? await Task.sleep(for: tick)
                continue
            }
            let failure = await withTaskGroup(of: (any Error)?.self) { group in
                group.addTask {
                    do {
                        try await work(term)
                        return nil
                    } catch {
                        return error
                    }
                }
                group.addTask {
                    while holds(term), !Task.isCancelled { try? await Task.sleep(for: tick) }
                    return nil
                }
                defer { group.cancelAll() }
                return await group.next() ?? nil
            }
            guard let failure, !Task.isCancelled, holds(term) else { continue }
            // That Redis is away is said by those who keep the connection.
            if !Self.isAbsence(failure), reports.take(at: .now) != nil {
                logger.warning("\(name) cannot go on at the moment", metadata: ["reason": "\(failure)"])
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Whether an error says no more than that Redis cannot be reached.
    private static func isAbsence(_ error: any Error) -> Bool {
        switch error {
        case let error as RedisError: error.server == nil
        case let error as CacheError: error.code == .unavailable || error.code == .outcomeUnknown || error.code == .cancelled
        case let error as AuditError: error.code == .unavailable
        default: error is CancellationError
        }
    }
}
