import CacheServices

/// The values of the examples: those of the seed.
enum ContractSamples {
    static let time: JSONValue = "2025-01-15T10:30:00.000Z"

    static let signal: JSONValue = [
        "signal_id": "sig_123", "timestamp": time, "symbol": "USDCOP", "action": "BUY", "confidence": 0.85, "price": 4250.5,
        "features": ["rsi": 45], "model_version": "v1.0", "execution_latency_ms": 45,
    ]

    static let position: JSONValue = [
        "position_id": "pos_1", "symbol": "USDCOP", "entry_price": 4200, "current_price": 4250.5, "quantity": 1000, "pnl": 50500,
        "pnl_percent": 1.2, "entry_time": time, "status": "OPEN",
    ]

    static let metrics: JSONValue = [
        "timestamp": time, "total_pnl": 1250.5, "win_rate": 0.62, "sharpe_ratio": 1.4, "max_drawdown": -0.08, "total_trades": 42,
        "active_positions": 1, "portfolio_value": 100_000,
    ]

    static let execution: JSONValue = [
        "execution_id": "exe_1", "price": 4251, "quantity": 1000, "status": "filled", "timestamp": time,
    ]

    static let alert: JSONValue = [
        "type": "drawdown", "severity": "high", "message": "The drawdown is large.", "threshold": 0.05, "current_value": 0.07,
    ]

    static let backend: JSONValue = ["mode": "redis", "since": time, "reason": .null, "pending_writes": 0, "conflicts": 0]

    static let readiness: [JSONValue.Member] = [
        .init("ready", true), .init("reasons", []), .init("backend", backend),
        .init("redis", ["version": "7.0.15", "role": "master", "durability": "aof-everysec", "maxmemory_policy": "noeviction"]),
        .init("warnings", []),
    ]

    static let health: JSONValue = [
        "service": "redis", "status": "healthy", "latency_ms": 0.4, "last_check": time,
        "details": ["uptime": 120, "requests_per_minute": .null, "error_rate": 0, "memory_usage_mb": .null],
    ]

    static let entry: JSONValue = [
        "audit_id": "aud_01JHN6Q3M0", "timestamp": time, "event_type": "SYSTEM_EVENT", "symbol": "SYSTEM", "action": "Desk opened",
        "user_id": "ana",
    ]
}
