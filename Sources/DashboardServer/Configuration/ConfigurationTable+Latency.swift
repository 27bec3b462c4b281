import HealthServices

extension ConfigurationTable {
    /// What the latency monitor needs besides the connection.
    public static let latency: [ConfigurationVariable] = [latencyMaximumSamples]

    public static let latencyMaximumSamples = ConfigurationVariable(
        "USDCOP_LATENCY_MAX_SAMPLES", flag: "latency-max-samples", default: "10000", allowed: IntegerRule.samples.sentence,
        "Latency samples that are kept in Redis, exactly; all processes must be told the same"
    ) { text, draft throws(ConfigurationVariable.Fault) in draft.settings.latency.samples = try IntegerRule.samples.read(text) }
}
