public import CacheServices
public import HealthServices
public import Hiredis
public import LoggingServices

/// Everything that the service can be told, checked: flags over environment over file over defaults.
public struct Settings: Sendable {
    /// `REDIS_URL` and the variables beside it.
    public var redis = RedisConfiguration()
    /// `CACHE_BACKEND`
    public var backend = CacheBackendChoice.auto
    /// `USDCOP_NAMESPACE`
    public var namespace = Namespace.standard
    /// `USDCOP_CACHE_TTL`: lifetime of what a caller of the cache client stores without naming one.
    public var cacheLifetime = Duration.seconds(300)
    /// `USDCOP_CACHE_MAX_ENTRIES`: keys held in memory.
    public var cacheMaximumEntries = 1000
    /// `USDCOP_HOST`
    public var host = "127.0.0.1"
    /// `USDCOP_PORT`; 0 takes a free one.
    public var port = 8090
    /// `USDCOP_API_KEYS_FILE` or `USDCOP_API_KEYS`
    public var keys = KeyRing([])
    /// `USDCOP_MAX_CONNECTIONS`
    public var maximumConnections = 2000
    /// `USDCOP_MAX_STREAMS`; never more than three quarters of the connections, so that others are served, too.
    public var maximumStreams = 1000
    /// `USDCOP_CORS_ORIGINS`: whose pages may read the API besides the service's own.
    public var corsOrigins: Set<WebOrigin> = []
    /// `USDCOP_ALLOWED_HOSTS`: names that the service answers to besides those of this machine, in lowercase.
    public var allowedHosts: Set<String> = []
    /// `USDCOP_TRUSTED_PROXIES`: who is believed when it says for whom it asks.
    public var trustedProxies: [AddressRange] = []
    /// `USDCOP_TLS_CERT_FILE` and `USDCOP_TLS_KEY_FILE`; nil is plain HTTP.
    public var certificate: CertificateFiles?
    /// `USDCOP_RATE_LIMIT`, `USDCOP_HEADER_TIMEOUT` and the variables beside them.
    public var limits = LimitSettings()
    /// `USDCOP_REQUEST_TIMEOUT`: how long a client may take to send a whole request.
    public var requestTimeout = Duration.seconds(15)
    /// `USDCOP_IDLE_TIMEOUT`
    public var idleTimeout = Duration.seconds(60)
    /// `LOG_LEVEL`, `LOG_FORMAT`, `LOG_FILE`, `LOG_MAX_SIZE` and `LOG_KEEP`
    public var logging = LoggingSettings()

    /// `USDCOP_STATE_DIR` and the variables of the audit trail; its namespace is ``namespace``.
    public var audit = AuditSettings()
    /// `USDCOP_ALERT_…`, `SMTP_URL` and `SMTP_CA_FILE`
    public var alerts = AlertSettings()

    /// `USDCOP_LATENCY_MAX_SAMPLES`, and the bounds that are no settings.
    public var latency = LatencyLimits()
    /// `USDCOP_SERVICES`, `USDCOP_ALERT_AFTER` and the variables of the seed's services, which are watched unless they are switched off;
    /// its namespace is ``namespace``.
    public var health = HealthSettings()
    /// `USDCOP_CHART_LIBRARY`: Chart.js for the dashboard; nil takes that of the system, if there is one.
    public var chartLibraryFile: String?

    /// `USDCOP_SWAGGER_UI`: the folder of Swagger UI for `/docs`; nil for none.
    public var swaggerUIFolder: String?

    /// Bounds of the streams that nobody but a test changes.
    var streams = StreamLimits()

    /// How many streams there may be at once: what is asked for, and no more than leaves room for others.
    var allowedStreams: Int { max(1, min(maximumStreams, maximumConnections / 4 * 3)) }

    /// The defaults.
    public init() {}
}
