import CacheServices
import LoggingServices

extension Problem {
    /// What an error of the audit trail means over HTTP.
    init(_ error: AuditError, namespace: Namespace, isRead: Bool) {
        switch error.code {
        case .idempotencyConflict: self.init(.idempotencyConflict, error.message, outcome: .notRecorded)
        case .tooLarge:
            let sentence = "would make an entry of more than \(AuditLogEntry.maximumBytes) bytes"
            self.init(
                .validationFailed, "The event is too large; nothing was recorded.",
                items: [.init(place: .field, name: "data", code: .outOfRange, detail: "data \(sentence)")])
        case .invalid: self.init(.validationFailed, error.message)
        case .misconfigured: self.init(.auditUnavailable, error.message, outcome: .notRecorded)
        case .overCapacity: self.init(.overCapacity, error.message, outcome: .notRecorded)
        case .outcomeUnknown: self.init(.redisNoAnswer, error.message, outcome: isRead ? .notRecorded : .unknown)
        case .incomplete: self.init(.exportIncomplete, error.message, outcome: .notRecorded)
        case .file: self.init(.auditDiskFailing, "A file of the audit trail cannot be read or written.", outcome: .notRecorded)
        case .stopped: self.init(.notReady, error.message, outcome: .notRecorded)
        case .notRecorded, .unavailable, .dataConflict:
            guard let underlying = error.underlying else {
                self.init(error.code == .dataConflict ? .dataConflict : .auditUnavailable, error.message, outcome: .notRecorded)
                return
            }
            // Why it is so has a code of its own already; the sentence is that of the trail.
            let cause = Problem(underlying, namespace: namespace, isRead: isRead)
            let code = cause.code.status < 500 ? .auditUnavailable : cause.code
            self.init(code, error.message, outcome: code == .dataConflict ? nil : .notRecorded, members: cause.members)
        }
    }
}
