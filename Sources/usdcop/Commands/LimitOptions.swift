import ArgumentParser
import DashboardServer

/// What clients may do to the service, and whom it believes.
struct LimitOptions: ParsableArguments {
    @Option(name: .variable(ConfigurationTable.rateLimit), help: .variable(ConfigurationTable.rateLimit, "rate"))
    var rateLimit: String?

    @Option(name: .variable(ConfigurationTable.headerTimeout), help: .variable(ConfigurationTable.headerTimeout, "duration"))
    var headerTimeout: String?

    @Option(name: .variable(ConfigurationTable.stallTimeout), help: .variable(ConfigurationTable.stallTimeout, "duration"))
    var stallTimeout: String?

    @Option(name: .variable(ConfigurationTable.maximumHeaderSize), help: .variable(ConfigurationTable.maximumHeaderSize, "size"))
    var maximumHeaderSize: String?

    @Option(name: .variable(ConfigurationTable.maximumBodySize), help: .variable(ConfigurationTable.maximumBodySize, "size"))
    var maximumBodySize: String?

    @Option(name: .variable(ConfigurationTable.maximumExports), help: .variable(ConfigurationTable.maximumExports, "number"))
    var maximumExports: String?

    @Option(name: .variable(ConfigurationTable.allowedHosts), help: .variable(ConfigurationTable.allowedHosts, "hosts"))
    var allowedHosts: String?

    @Option(name: .variable(ConfigurationTable.trustedProxies), help: .variable(ConfigurationTable.trustedProxies, "addresses"))
    var trustedProxies: String?

    @Option(
        name: .variable(ConfigurationTable.certificateFile), help: .variable(ConfigurationTable.certificateFile, "file"),
        completion: .file())
    var certificateFile: String?

    @Option(
        name: .variable(ConfigurationTable.certificateKeyFile), help: .variable(ConfigurationTable.certificateKeyFile, "file"),
        completion: .file())
    var certificateKeyFile: String?

    /// What the command line says, by the names of the variables.
    var flags: [String: String] {
        let values: [(ConfigurationVariable, String?)] = [
            (ConfigurationTable.rateLimit, rateLimit),
            (ConfigurationTable.headerTimeout, headerTimeout),
            (ConfigurationTable.stallTimeout, stallTimeout),
            (ConfigurationTable.maximumHeaderSize, maximumHeaderSize),
            (ConfigurationTable.maximumBodySize, maximumBodySize),
            (ConfigurationTable.maximumExports, maximumExports),
            (ConfigurationTable.allowedHosts, allowedHosts),
            (ConfigurationTable.trustedProxies, trustedProxies),
            (ConfigurationTable.certificateFile, certificateFile),
            (ConfigurationTable.certificateKeyFile, certificateKeyFile),
        ]
        return values.reduce(into: [:]) { flags, pair in flags[pair.0.name] = pair.1 }
    }
}
