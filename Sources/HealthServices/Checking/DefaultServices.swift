public import CacheServices

/// The services that are watched unless somebody says otherwise (Seed: default services).
public enum DefaultServices {
    /// The name of our own Redis among the services; it is always watched where there is one.
    public static let redis: OperationName = "redis"

    /// Name, variable and address of each.
    public static let table: [(name: OperationName, variable: String, url: String)] = [
        ("postgres", "POSTGRES_URL", "postgresql://user:pass@localhost:5432/usdcop"),
        ("trading-api", "TRADING_API_URL", "http://localhost:8001"),
        ("ml-analytics", "ML_ANALYTICS_URL", "http://localhost:8002"),
        ("pipeline-api", "PIPELINE_API_URL", "http://localhost:8000"),
        ("websocket", "WS_URL", "http://localhost:8080"),
    ]

    /// With the seed's addresses.
    public static var services: [ServiceConfig] {
        table.compactMap { entry in (try? ProbeURL(entry.url)).flatMap { try? ServiceConfig(name: entry.name, url: $0) } }
    }
}
