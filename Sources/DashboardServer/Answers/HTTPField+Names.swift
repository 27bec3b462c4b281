import HTTPTypes

extension HTTPField.Name {
    static let requestID = named("X-Request-ID")
    static let apiKey = named("X-API-Key")
    static let idempotencyKey = named("Idempotency-Key")
    static let idempotentReplayed = named("Idempotent-Replayed")
    static let cacheBackend = named("X-Cache-Backend")
    static let cacheStale = named("X-Cache-Stale")
    static let xFrameOptions = named("X-Frame-Options")
    static let referrerPolicy = named("Referrer-Policy")
    static let crossOriginOpenerPolicy = named("Cross-Origin-Opener-Policy")
    static let permissionsPolicy = named("Permissions-Policy")
    static let lastEventID = named("Last-Event-ID")
    static let accelBuffering = named("X-Accel-Buffering")
    static let rateLimit = named("RateLimit")
    static let rateLimitPolicy = named("RateLimit-Policy")
    static let crossOriginResourcePolicy = named("Cross-Origin-Resource-Policy")
    static let forwarded = named("Forwarded")
    static let xForwardedFor = named("X-Forwarded-For")
    static let xForwardedHost = named("X-Forwarded-Host")
    static let xForwardedProto = named("X-Forwarded-Proto")
    static let xForwardedPort = named("X-Forwarded-Port")
    static let xForwardedServer = named("X-Forwarded-Server")
    static let xClientIP = named("X-Client-IP")
    static let trueClientIP = named("True-Client-IP")
    static let cfConnectingIP = named("CF-Connecting-IP")
    static let xRealIP = named("X-Real-IP")
    static let via = named("Via")

    /// A name of the source code.
    private static func named(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("a literal field name must be a token") }
        return name
    }
}
