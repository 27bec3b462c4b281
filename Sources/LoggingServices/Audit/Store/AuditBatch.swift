import CacheServices
import Hiredis

/// Consecutive records of one writer, to be appended in one step.
package struct AuditBatch: Sendable {
    /// At least one; each continues the one before.
    package let records: [AuditRecord]
    /// Whether they were answered already: then they go in whatever is remembered of their idempotency keys.
    package let isPromised: Bool

    package init(_ records: [AuditRecord], isPromised: Bool = false) {
        self.records = records
        self.isPromised = isPromised
    }

    /// Keys and arguments of the append script.
    ///
    /// - Parameter shrinks: the cap may remove events that others kept by a greater one.
    func operands(_ schema: KeySchema, maximumLength: Int, shrinks: Bool) -> (keys: [String], arguments: [RedisArgument]) {
        var keys = [schema.full(KeySchema.auditEvents), schema.full(KeySchema.auditWriters)]
        guard let first = records.first else { return (keys, []) }
        var arguments: [RedisArgument] = [
            .text(first.writer.rawValue), .integer(maximumLength), shrinks ? "1" : "0",
            .integer(IdempotencyKey.lifetime.components.seconds * 1000),
            isPromised ? "1" : "0", .integer(first.sequence), .bytes(first.previous.hex),
        ]
        arguments.reserveCapacity(7 + records.count * 4)
        for record in records {
            arguments.append(.bytes(record.hash.hex))
            arguments.append(.bytes(record.entry))
            if let idempotency = record.idempotency {
                keys.append(schema.full(KeySchema.auditIdempotency("\(idempotency.key)")))
                arguments.append(.integer(keys.count - 2))
                arguments.append(
                    .text(RememberedRequest.prefix(idempotency.fingerprint, auditID: (try? record.decodedEntry().auditID) ?? "-")))
            } else {
                arguments.append("0")
                arguments.append("")
            }
        }
        return (keys, arguments)
    }
}
