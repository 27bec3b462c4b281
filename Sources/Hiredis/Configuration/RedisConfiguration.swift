/// Everything that a ``RedisClient`` needs to know before it connects.
public struct RedisConfiguration: Sendable {
    /// The server's address.
    public var endpoint: RedisEndpoint
    /// TLS of `rediss://`; `nil` for plain connections.
    public var tls: RedisTLS?
    /// The ACL user; `nil` for the default user.
    public var user: String?
    /// The user's password; sent on every connect, never logged.
    public var password: String?
    /// The database number, selected on every connect.
    public var database: Int
    /// The name shown by `CLIENT LIST`; `nil` for none.
    public var clientName: String?
    /// The deadline of a command that names none.
    public var commandTimeout: Duration
    /// The time for address look-up, connection, TLS and log-in together.
    public var connectTimeout: Duration
    /// How long the oldest command may wait before the whole connection is given up; a command's own longer time-out stretches it.
    public var stallTimeout: Duration
    /// Bounds on replies.
    public var limits: ReplyLimits
    /// Commands that may wait in this process at once; more are refused as `overloaded`.
    public var maximumInFlight: Int
    /// Asked where to connect instead of ``endpoint`` when set.
    public var resolver: RedisResolver?

    public init(
        endpoint: RedisEndpoint = .tcp(host: "127.0.0.1", port: 6379),
        tls: RedisTLS? = nil,
        user: String? = nil,
        password: String? = nil,
        database: Int = 0,
        clientName: String? = "usdcop",
        commandTimeout: Duration = .seconds(1),
        connectTimeout: Duration = .seconds(1),
        stallTimeout: Duration = .seconds(1),
        limits: ReplyLimits = ReplyLimits(),
        maximumInFlight: Int = 100_000,
        resolver: RedisResolver? = nil
    ) {
        self.endpoint = endpoint
        self.tls = tls
        self.user = user
        self.password = password
        self.database = database
        self.clientName = clientName
        self.commandTimeout = commandTimeout
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
        self.limits = limits
        self.maximumInFlight = maximumInFlight
        self.resolver = resolver
    }
}
