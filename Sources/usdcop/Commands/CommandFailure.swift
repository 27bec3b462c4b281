import CacheServices
import DashboardServer
import Hiredis
import LoggingServices

/// Why a command ends early: an exit code, and what to tell the person.
struct CommandFailure: Error, Sendable {
    let status: ExitStatus
    /// What goes to standard error; `nil` when everything was said.
    let message: String?

    init(_ status: ExitStatus, _ message: String?) {
        self.status = status
        self.message = message
    }

    /// The reader of the output went away, which is no fault.
    static let outputClosed = CommandFailure(.ok, nil)

    /// What an error of the rooms below means for a command; `nil` for errors of the argument parser.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as CacheError: self.init(cache: error)
        case let error as AuditError: self.init(audit: error)
        case let error as RedisError: self.init(redis: error)
        case let error as ConfigurationError: self.init(.configuration, error.description)
        case let error as CacheServices.ValidationError: self.init(.badData, error.description)
        case let error as JSONParseError: self.init(.badData, error.description)
        case is CancellationError: self.init(.interrupted, nil)
        default: return nil
        }
    }

    private init(cache error: CacheError) {
        let status: ExitStatus =
            switch error.code {
            case .invalidKey, .reservedKey, .invalidExpiry, .invalidArgument: .usage
            case .futureTimestamp, .dataConflict: .badData
            case .unavailable, .outcomeUnknown, .overCapacity, .contention: .unavailable
            case .refused: error.underlying.map(Self.status) ?? .unavailable
            case .cancelled: .interrupted
            }
        self.init(status, status == .interrupted ? nil : Self.hinted(error.description, status))
    }

    private init(audit error: AuditError) {
        let status: ExitStatus =
            switch error.code {
            case .invalid, .tooLarge, .idempotencyConflict, .dataConflict: .badData
            case .misconfigured: .configuration
            case .file, .incomplete: .inputOutput
            case .notRecorded, .outcomeUnknown, .overCapacity, .stopped: .unavailable
            case .unavailable: error.underlying?.underlying.map(Self.status) ?? .unavailable
            }
        self.init(status, status == .interrupted ? nil : Self.hinted(error.message, status))
    }

    private init(redis error: RedisError) {
        let status = Self.status(error)
        self.init(status, status == .interrupted ? nil : Self.hinted(error.message, status))
    }

    private static func status(_ error: RedisError) -> ExitStatus {
        switch (error.code, error.server?.kind) {
        case (.cancelled, _): .interrupted
        case (.configuration, _): .configuration
        case (_, .authentication?), (_, .noPermission?): .notPermitted
        default: .unavailable
        }
    }

    private static func hinted(_ sentence: String, _ status: ExitStatus) -> String {
        switch status {
        case .notPermitted: "\(sentence) Check user and password (REDIS_URL, REDIS_PASSWORD_FILE) and the rights of the user."
        default: sentence
        }
    }
}
