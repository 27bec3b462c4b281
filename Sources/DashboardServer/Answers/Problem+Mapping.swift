import CacheServices
import Hiredis
import LoggingServices

// What the errors of the rooms below mean over HTTP. Nowhere else is an error turned into a status.

extension Problem {
    /// The problem that an error is.
    ///
    /// - Parameters:
    ///   - namespace: for the full name of a key, as `redis-cli` takes it.
    ///   - isRead: whether the request writes nothing, so that nothing can be half done.
    init(_ error: any Error, namespace: Namespace, isRead: Bool) {
        switch error {
        case let problem as Problem: self = problem
        case let error as CacheError: self.init(error, namespace: namespace, isRead: isRead)
        case let error as AuditError: self.init(error, namespace: namespace, isRead: isRead)
        case let error as ValidationError: self.init(error)
        case let error as JSONParseError: self.init(error)
        case is CancellationError:
            self.init(.cancelled, "The service ended the request before it was done.", outcome: isRead ? .notRecorded : .unknown)
        default: self.init(.internalError, "Something went wrong here; the log has it under the request's id.")
        }
    }

    /// Fields of a parsed body.
    init(_ error: ValidationError) {
        let count = error.problems.count
        let detail = count == 1 ? "1 field is wrong; nothing was written." : "\(count) fields are wrong; nothing was written."
        let items = error.problems.map { Item(place: .field, name: $0.field, code: $0.code, detail: "\($0)") }
        self.init(.validationFailed, detail, items: items)
    }

    /// A body that is no JSON.
    init(_ error: JSONParseError) {
        self.init(
            .malformedBody, "The body cannot be read: \(error). Nothing was written.",
            members: [.init("reason", .string(error.code.rawValue)), .init("offset", .integer(error.offset))])
    }

    init(_ error: CacheError, namespace: Namespace, isRead: Bool) {
        switch error.code {
        case .futureTimestamp:
            self.init(
                ValidationError(field: "signal.timestamp", code: .outOfRange, sentence: "must be at most 5 minutes in the future"))
        case .invalidKey, .reservedKey, .invalidExpiry, .invalidArgument:
            self.init(.validationFailed, error.message)
        case .dataConflict:
            let key = error.key.map { KeySchema(namespace).full($0) }
            self.init(
                .dataConflict, key.map { "\(error.message) Key: \($0)." } ?? error.message,
                members: key.map { [.init("key", .string($0))] } ?? [])
        case .contention:
            self.init(.contention, error.message, outcome: .notRecorded)
        case .overCapacity:
            self.init(.overCapacity, error.message, outcome: .notRecorded)
        case .outcomeUnknown:
            self.init(.redisNoAnswer, error.message, outcome: isRead ? .notRecorded : .unknown)
        case .cancelled:
            self.init(.cancelled, error.message, outcome: isRead ? .notRecorded : .unknown)
        case .unavailable, .refused:
            let code = ProblemCode(error.underlying?.server?.kind, isAway: error.code == .unavailable)
            self.init(code, error.message, outcome: .notRecorded)
        }
    }
}

extension ProblemCode {
    /// The code for each of Redis' own refusals.
    fileprivate init(_ kind: RedisServerError.Kind?, isAway: Bool) {
        self =
            switch kind {
            case .loading?: .redisLoading
            case .busy?: .redisBusy
            case .masterDown?: .redisMasterDown
            case .clusterDown?, .tryAgain?: .redisClusterDown
            case .tooManyClients?: .redisTooManyClients
            case .readOnly?: .redisReadOnly
            case .outOfMemory?: .redisOutOfMemory
            case .misconfigured?: .redisPersistenceFailing
            case .noReplicas?: .redisTooFewReplicas
            case .authentication?: .redisAuthentication
            case .noPermission?: .redisNoPermission
            case .wrongType?, .noScript?, .other?, nil: isAway ? .redisUnavailable : .redisRefused
            }
    }
}
