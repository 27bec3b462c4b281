import HTTPTypes

/// Every error that the API answers, by its stable name.
package enum ProblemCode: String, Sendable, CaseIterable {
    // The request is wrong.
    case invalidPath = "invalid_path"
    case invalidQuery = "invalid_query"
    case invalidHeader = "invalid_header"
    case malformedBody = "malformed_body"
    case unexpectedBody = "unexpected_body"
    case unauthenticated
    case forbidden
    case foreignOrigin = "foreign_origin"
    case foreignHost = "foreign_host"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case contention
    case idempotencyConflict = "idempotency_conflict"
    case bodyTooLarge = "body_too_large"
    case uriTooLong = "uri_too_long"
    case unsupportedMediaType = "unsupported_media_type"
    case validationFailed = "validation_failed"
    case rateLimited = "rate_limited"
    // The service is wrong.
    case internalError = "internal_error"
    case dataConflict = "data_conflict"
    // Something cannot be done at the moment.
    case notReady = "not_ready"
    case redisUnavailable = "redis_unavailable"
    case redisNoAnswer = "redis_no_answer"
    case redisLoading = "redis_loading"
    case redisBusy = "redis_busy"
    case redisMasterDown = "redis_master_down"
    case redisClusterDown = "redis_cluster_down"
    case redisTooManyClients = "redis_too_many_clients"
    case redisReadOnly = "redis_read_only"
    case redisOutOfMemory = "redis_out_of_memory"
    case redisPersistenceFailing = "redis_persistence_failing"
    case redisTooFewReplicas = "redis_too_few_replicas"
    case redisAuthentication = "redis_authentication"
    case redisNoPermission = "redis_no_permission"
    case redisRefused = "redis_refused"
    case overCapacity = "over_capacity"
    case tooManyServices = "too_many_services"
    case auditUnavailable = "audit_unavailable"
    case auditDiskFailing = "audit_disk_failing"
    case exportIncomplete = "export_incomplete"
    case cancelled
    case tooManyStreams = "too_many_streams"
    case tooManyExports = "too_many_exports"
    case timeout

    /// The HTTP status of its answers.
    package var status: Int {
        switch self {
        case .invalidPath, .invalidQuery, .invalidHeader, .malformedBody, .unexpectedBody: 400
        case .unauthenticated: 401
        case .forbidden, .foreignOrigin, .foreignHost: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .contention, .idempotencyConflict, .tooManyServices: 409
        case .bodyTooLarge: 413
        case .uriTooLong: 414
        case .unsupportedMediaType: 415
        case .validationFailed: 422
        case .rateLimited: 429
        case .internalError, .dataConflict: 500
        case .notReady, .redisUnavailable, .redisNoAnswer, .redisLoading, .redisBusy, .redisMasterDown, .redisClusterDown,
            .redisTooManyClients, .redisReadOnly, .redisOutOfMemory, .redisPersistenceFailing, .redisTooFewReplicas,
            .redisAuthentication, .redisNoPermission, .redisRefused, .overCapacity, .auditUnavailable, .auditDiskFailing, .exportIncomplete,
            .cancelled, .tooManyStreams, .tooManyExports:
            503
        case .timeout: 504
        }
    }

    /// What it is called, the same in every answer.
    package var title: String {
        switch self {
        case .invalidPath: "The path is not valid"
        case .invalidQuery: "The query is not valid"
        case .invalidHeader: "A header is not valid"
        case .malformedBody: "The body is not a JSON object"
        case .unexpectedBody: "The request takes no body"
        case .unauthenticated: "An API key is needed"
        case .forbidden: "The API key does not allow this"
        case .foreignOrigin: "The page is of another origin"
        case .foreignHost: "The request is for another host"
        case .notFound: "There is nothing here"
        case .methodNotAllowed: "The method is not allowed here"
        case .contention: "Other writers came between"
        case .idempotencyConflict: "The idempotency key was used for another request"
        case .bodyTooLarge: "The body is too large"
        case .uriTooLong: "The address is too long"
        case .unsupportedMediaType: "The body must be JSON"
        case .validationFailed: "The body has wrong fields"
        case .rateLimited: "Too many requests"
        case .internalError: "The service failed"
        case .dataConflict: "A stored value cannot be read"
        case .notReady: "The service is not ready"
        case .redisUnavailable: "Redis is away"
        case .redisNoAnswer: "Redis did not answer"
        case .redisLoading: "Redis is loading its data"
        case .redisBusy: "Redis is busy"
        case .redisMasterDown: "The Redis replica has lost its master"
        case .redisClusterDown: "The Redis cluster is down"
        case .redisTooManyClients: "Redis accepts no more clients"
        case .redisReadOnly: "Redis is read-only"
        case .redisOutOfMemory: "Redis is out of memory"
        case .redisPersistenceFailing: "Redis cannot persist its data"
        case .redisTooFewReplicas: "Redis has too few replicas"
        case .redisAuthentication: "Redis refuses the service's credentials"
        case .redisNoPermission: "Redis does not permit this to the service"
        case .redisRefused: "Redis refuses"
        case .overCapacity: "Too many writes wait for Redis"
        case .tooManyServices: "No more services can be watched"
        case .auditUnavailable: "The audit trail takes no events"
        case .auditDiskFailing: "The disk of the audit trail fails"
        case .exportIncomplete: "Events were trimmed during the export"
        case .cancelled: "The request was abandoned"
        case .tooManyStreams: "Too many streams are open"
        case .tooManyExports: "Too many exports are under way"
        case .timeout: "The answer took too long"
        }
    }

    var httpStatus: HTTPResponse.Status { HTTPResponse.Status(code: status) }
}
