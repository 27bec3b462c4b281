import CacheServices
import Hiredis
import LoggingServices

/// Every variable of the service. Help texts, validation and the warnings about unknown names all come from here.
public enum ConfigurationTable {
    /// All variables, in the order in which help lists them.
    public static let all: [ConfigurationVariable] = connection + service + limits + audit + latency + health + alerts + page

    /// What may hold a secret: what has no flag, because other users see those, and the address of Redis.
    static let namesOfSecrets = Set(all.filter { $0.flag == nil }.map(\.name)).union([redisURL.name])

    /// What every command needs that talks to Redis.
    public static let connection: [ConfigurationVariable] = [
        redisURL, redisCAFile, redisPasswordFile, redisCommandTimeout, redisConnectTimeout, namespace, cacheLifetime, logLevel,
        logFormat,
    ]

    /// What only the service needs.
    static let service: [ConfigurationVariable] = [
        cacheBackend, cacheMaximumEntries, host, port, keysFile, keys, maximumConnections, maximumStreams,
        corsOrigins, requestTimeout, idleTimeout, logFile, logMaximumSize, logKeep,
    ]

    public static let redisURL = ConfigurationVariable(
        "REDIS_URL", flag: "redis-url", default: "redis://127.0.0.1:6379/0",
        allowed: "must be redis://, rediss:// or unix:/// with an optional user, password and database",
        "Address of Redis: redis://, rediss:// or unix:///path?db=0"
    ) { text, draft in draft.redisURL = text }

    public static let redisCAFile = ConfigurationVariable(
        "REDIS_CA_FILE", flag: "redis-ca-file", default: nil, allowed: "must be a readable PEM file of certificates",
        "Certificates to trust with rediss:// instead of the system's"
    ) { text, draft in draft.redisCAFile = text }

    public static let redisPasswordFile = ConfigurationVariable(
        "REDIS_PASSWORD_FILE", flag: "redis-password-file", default: nil,
        allowed: "must be a readable file with one line of at most 4096 bytes",
        "File that holds the password of Redis; a line break at its end does not count"
    ) { text, draft in draft.redisPasswordFile = text }

    public static let redisCommandTimeout = ConfigurationVariable(
        "REDIS_COMMAND_TIMEOUT", flag: "redis-command-timeout", default: "1s",
        allowed: DurationRule.timeouts.sentence, "Time for one command of Redis"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.commandTimeout = try DurationRule.timeouts.read(text) }

    public static let redisConnectTimeout = ConfigurationVariable(
        "REDIS_CONNECT_TIMEOUT", flag: "redis-connect-timeout", default: "1s",
        allowed: DurationRule.timeouts.sentence, "Time for a connection to Redis, TLS and log-in included"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.connectTimeout = try DurationRule.timeouts.read(text) }

    public static let namespace = ConfigurationVariable(
        "USDCOP_NAMESPACE", flag: "namespace", default: "usdcop", allowed: "must match [a-z0-9{}][a-z0-9_{}-]{0,31}",
        "What every key in Redis starts with"
    ) { text, draft throws(ConfigurationVariable.Fault) in
        guard let namespace = try? Namespace(text) else { throw .init(problem: "is no namespace") }
        draft.settings.namespace = namespace
    }

    public static let cacheLifetime = ConfigurationVariable(
        "USDCOP_CACHE_TTL", flag: nil, default: "300s", allowed: DurationRule.lifetimes.sentence,
        "Lifetime of what `usdcop cache set` stores; the flag there is --ttl"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.cacheLifetime = try DurationRule.lifetimes.read(text) }

    public static let logLevel = ConfigurationVariable(
        "LOG_LEVEL", flag: "log-level", default: "info", allowed: "must be debug, info, warn, error or fatal",
        "The least grave messages that are logged; commands other than serve log only errors unless it is set"
    ) { text, draft throws(ConfigurationVariable.Fault) in
        guard let level = LogLevel(rawValue: text) else { throw .init(problem: "is no level") }
        draft.settings.logging.level = level
    }

    public static let logFormat = ConfigurationVariable(
        "LOG_FORMAT", flag: "log-format", default: "auto", allowed: "must be auto, pretty or json",
        "How log lines look: auto is pretty on a terminal and JSON elsewhere"
    ) { text, draft throws(ConfigurationVariable.Fault) in
        guard let format = LogFormat(rawValue: text) else { throw .init(problem: "is no format") }
        draft.settings.logging.format = format
    }

    public static let cacheBackend = ConfigurationVariable(
        "CACHE_BACKEND", flag: "cache-backend", default: "auto", allowed: "must be auto, redis or memory",
        "Where cache data lives: auto is Redis, and memory while Redis is away"
    ) { text, draft throws(ConfigurationVariable.Fault) in
        guard let backend = CacheBackendChoice(rawValue: text) else { throw .init(problem: "is no backend") }
        draft.settings.backend = backend
    }

    public static let cacheMaximumEntries = ConfigurationVariable(
        "USDCOP_CACHE_MAX_ENTRIES", flag: "cache-max-entries", default: "1000", allowed: IntegerRule.entries.sentence,
        "Keys that are held in memory"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.cacheMaximumEntries = try IntegerRule.entries.read(text) }

    public static let host = ConfigurationVariable(
        "USDCOP_HOST", flag: "host", default: "127.0.0.1",
        allowed: "must be an address or a name of this machine; any but a loopback one needs API keys", "Address to listen on"
    ) { text, draft throws(ConfigurationVariable.Fault) in
        guard (1...253).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }) else {
            throw .init(problem: "is no host")
        }
        let name = text.lowercased()
        draft.settings.host = name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : name
    }

    public static let port = ConfigurationVariable(
        "USDCOP_PORT", flag: "port", default: "8090", allowed: IntegerRule.ports.sentence, "Port to listen on; 0 takes a free one"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.port = try IntegerRule.ports.read(text) }

    public static let keysFile = ConfigurationVariable(
        "USDCOP_API_KEYS_FILE", flag: "api-keys-file", default: nil, allowed: "must be a readable file of lines role:name:key",
        "File of API keys, lines role:name:key; without keys only loopback callers are served"
    ) { text, draft in draft.keysFile = text }

    public static let keys = ConfigurationVariable(
        "USDCOP_API_KEYS", flag: nil, default: nil, allowed: "must be lines role:name:key, and not be set beside USDCOP_API_KEYS_FILE",
        "API keys themselves, lines role:name:key; there is no flag, because other users can read a command line"
    ) { text, draft in draft.keys = text }

    public static let maximumConnections = ConfigurationVariable(
        "USDCOP_MAX_CONNECTIONS", flag: "max-connections", default: "2000", allowed: IntegerRule.connections.sentence,
        "Connections that are served at once"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.maximumConnections = try IntegerRule.connections.read(text) }

    public static let maximumStreams = ConfigurationVariable(
        "USDCOP_MAX_STREAMS", flag: "max-streams", default: "1000", allowed: IntegerRule.connections.sentence,
        "Live pages (event streams) that are served at once, out of the connections; never more than three quarters of those, and of one client three quarters of them"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.maximumStreams = try IntegerRule.connections.read(text) }

    public static let corsOrigins = ConfigurationVariable(
        "USDCOP_CORS_ORIGINS", flag: "cors-origins", default: nil,
        allowed: """
            must be origins scheme://host[:port] joined by commas, as browsers send them: http or https, lowercase, without a path, a \
            trailing slash, the port that the scheme has anyway, or *
            """,
        "Origins whose pages may read the API, and write with a key, joined by commas; without it only the service's own pages do"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.corsOrigins = try OriginListText.read(text) }

    public static let requestTimeout = ConfigurationVariable(
        "USDCOP_REQUEST_TIMEOUT", flag: "request-timeout", default: "15s", allowed: DurationRule.requests.sentence,
        "Time in which a client must have sent a whole request"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.requestTimeout = try DurationRule.requests.read(text) }

    public static let idleTimeout = ConfigurationVariable(
        "USDCOP_IDLE_TIMEOUT", flag: "idle-timeout", default: "60s", allowed: DurationRule.idling.sentence,
        "Time after which a silent connection is closed"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.idleTimeout = try DurationRule.idling.read(text) }

    public static let logFile = ConfigurationVariable(
        "LOG_FILE", flag: "log-file", default: nil, allowed: "must be the path of a file, of at most 1024 bytes",
        "File that the log is written to beside standard error; in JSON unless the format is pretty"
    ) { text, draft throws(ConfigurationVariable.Fault) in
        guard text.utf8.count <= 1024, !text.hasSuffix("/") else { throw .init(problem: "is no path of a file") }
        draft.settings.logging.file = text
    }

    public static let logMaximumSize = ConfigurationVariable(
        "LOG_MAX_SIZE", flag: "log-max-size", default: "100MB", allowed: SizeRule.logFiles.sentence,
        "Size from which on the log file is moved aside and begun anew, as it is every day (UTC)"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.logging.rules.maximumSize = try SizeRule.logFiles.read(text) }

    public static let logKeep = ConfigurationVariable(
        "LOG_KEEP", flag: "log-keep", default: "14", allowed: LogKeepText.sentence,
        "Log files that stay besides the current one: a number, an age, or both"
    ) { text, draft throws(ConfigurationVariable.Fault) in try LogKeepText.read(text, into: &draft.settings.logging.rules) }

    /// How values are found, and the variables that have no flag; for the help of every command that takes settings.
    public static func discussion(_ variables: [ConfigurationVariable]) -> String {
        let rules = """
            Settings are flags over environment over --config FILE over defaults. The file is JSON (.json) or YAML (.yaml, .yml) and uses \
            the names of the variables as keys. Durations are written 500ms, 1s, 5m, 2h, 30d, and sizes \
            64KB, 100MB, 1GiB.
            """
        let flagless = variables.filter { $0.flag == nil }.map { "  \($0.name): \($0.sentence) (default \($0.defaultText ?? "none"))." }
        return ([rules, "", "Variables without a flag:"] + flagless).joined(separator: "\n")
    }

    /// The variable whose name is nearest to a name that is none; `nil` when nothing is near.
    public static func nearest(to name: String) -> String? {
        EditDistance.nearest(to: name, in: all.map(\.name))
    }
}
