import CacheServices

/// Texts that several tests use.
enum Samples {
    static func signal(_ id: String = "s1", symbol: String = "USDCOP", action: String = "BUY", time: String = "2025-01-15T10:30:00Z")
        -> String
    {
        """
        {"signal_id":"\(id)","timestamp":"\(time)","symbol":"\(symbol)","action":"\(action)","confidence":0.82,"price":4285.5,\
        "features":{"rsi":30.5},"model_version":"m1","execution_latency_ms":12}
        """
    }

    static func position(_ symbol: String = "USDCOP", status: String = "OPEN", pnl: Double = 100) -> String {
        """
        {"position_id":"p1","symbol":"\(symbol)","entry_price":4000,"current_price":4100,"quantity":1,"pnl":\(pnl),\
        "pnl_percent":2.5,"entry_time":"2025-01-15T10:30:00Z","status":"\(status)"}
        """
    }

    static let metrics = #"{"timestamp":"2025-01-15T10:30:00Z","total_pnl":1250.5,"win_rate":0.6}"#
}
