import CacheServices
import Hiredis
import LoggingServices

extension ContractSchemas {
    /// The state of the service itself, and values that many answers have.
    static let service: [(name: String, schema: Schema)] = [
        ("Cleared", .object(["cleared": .count])), ("Stored", stored), ("CacheStats", cacheStats), ("Backend", backend),
        ("Readiness", readiness), ("AuditBreak", auditBreak), ("StreamEvent", streamEvent),
    ]

    /// One event of the stream, taken apart into its fields.
    private static let streamEvent = Schema.object([
        "event": .words(StreamTopic.allCases.map(\.rawValue) + ["open", "reset", "bye"]), "id?": .streamCursor,
        "data": Schema.string.with("contentMediaType", .string(Answer.MediaType.json.rawValue)), "retry?": .count,
    ])

    private static let stored = Schema.words(of: CacheBackend.self).said("Where the value went.")

    private static let cacheStats = Schema.object([
        "hits": .count, "misses": .count, "size": .count, "hit_rate": Schema.figure.orNull, "memory_usage_mb": Schema.figure.orNull,
    ])

    private static let backend = Schema.object([
        "mode": .words(of: CacheStatus.Mode.self), "since": .timestamp, "reason": Schema.string.orNull, "pending_writes": .count,
        "conflicts": .count,
    ])

    private static let readiness = Schema.object(readinessFields)

    static let readinessFields: KeyValuePairs<String, Schema> = [
        "ready": .boolean, "reasons": .array(.object(["code": .words(of: Readiness.Reason.self), "detail": .string])),
        "backend": .ref("Backend"),
        "redis": .any([
            .object([
                "version": Schema.string.orNull, "role": .words(["master", "replica", "sentinel", "unknown"]),
                "durability": .words(of: RedisDurability.self), "maxmemory_policy": Schema.string.orNull,
            ]), .null,
        ]),
        "warnings": .array(.object(["code": .string, "detail": .string])),
    ]

    /// Errors, RFC 9457.
    static let errors: [(name: String, schema: Schema)] = [("Problem", problem)]

    private static let problem = Schema.object([
        "type": .string, "title": .string, "status": .integer(400...599),
        "detail": Schema.string.said("What happened here, in a sentence."),
        "instance": Schema.string.said("The request; the log has it."),
        "code": Schema.words(of: ProblemCode.self).said("Stable: branch on this."),
        "errors?": Schema.array(
            .object([
                "code": .words(of: FieldProblem.Code.self), "detail": .string, "field?": .string, "parameter?": .string, "header?": .string,
            ])
        ).said("Everything that is wrong with the request."),
        "outcome?": Schema.words(["not_recorded", "unknown"]).said("What became of what was to be written."),
        "key?": Schema.string.said("The key of Redis whose value cannot be read."),
        "reason?": Schema.words(of: JSONParseError.Code.self).said("Why the body is no JSON."),
        "offset?": Schema.count.said("The byte of the body at which it is none."),
        "ready?": .boolean, "reasons?": Schema.array(.object), "backend?": .ref("Backend"), "redis?": Schema.object.orNull,
        "warnings?": Schema.array(.object),
    ]).said("An error (RFC 9457).")
}
