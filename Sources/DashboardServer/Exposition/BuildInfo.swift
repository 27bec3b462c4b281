/// Which program this is.
public enum BuildInfo {
    /// By Semantic Versioning; the one that `usdcop --version` says.
    public static let version = "0.1.0"

    /// A constant series whose labels say it.
    @Sendable static func collect() async -> [MetricFamily] {
        [
            .gauge(
                "usdcop_build_info", "Always 1; the labels say which program this is.",
                [MetricPoint(1, labels: [("version", version), ("swift", swift)])])
        ]
    }

    #if compiler(>=6.4)
        private static let swift = "6.4 or later"
    #elseif compiler(>=6.3)
        private static let swift = "6.3"
    #else
        private static let swift = "6.2"
    #endif
}
