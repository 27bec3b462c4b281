import ArgumentParser
import DashboardServer

/// What only the service is told.
struct ServiceOptions: ParsableArguments {
    @Option(
        name: .variable(ConfigurationTable.cacheBackend), help: .variable(ConfigurationTable.cacheBackend, "backend"),
        completion: .list(["auto", "redis", "memory"]))
    var cacheBackend: String?

    @Option(name: .variable(ConfigurationTable.cacheMaximumEntries), help: .variable(ConfigurationTable.cacheMaximumEntries, "number"))
    var cacheMaximumEntries: String?

    @Option(name: .variable(ConfigurationTable.host), help: .variable(ConfigurationTable.host, "host"))
    var host: String?

    @Option(name: .variable(ConfigurationTable.port), help: .variable(ConfigurationTable.port, "port"))
    var port: String?

    @Option(name: .variable(ConfigurationTable.keysFile), help: .variable(ConfigurationTable.keysFile, "file"), completion: .file())
    var keysFile: String?

    @Option(name: .variable(ConfigurationTable.maximumConnections), help: .variable(ConfigurationTable.maximumConnections, "number"))
    var maximumConnections: String?

    @Option(name: .variable(ConfigurationTable.maximumStreams), help: .variable(ConfigurationTable.maximumStreams, "number"))
    var maximumStreams: String?

    @Option(name: .variable(ConfigurationTable.corsOrigins), help: .variable(ConfigurationTable.corsOrigins, "origins"))
    var corsOrigins: String?

    @Option(name: .variable(ConfigurationTable.requestTimeout), help: .variable(ConfigurationTable.requestTimeout, "duration"))
    var requestTimeout: String?

    @Option(name: .variable(ConfigurationTable.idleTimeout), help: .variable(ConfigurationTable.idleTimeout, "duration"))
    var idleTimeout: String?

    @Option(name: .variable(ConfigurationTable.logFile), help: .variable(ConfigurationTable.logFile, "file"), completion: .file())
    var logFile: String?

    @Option(name: .variable(ConfigurationTable.logMaximumSize), help: .variable(ConfigurationTable.logMaximumSize, "size"))
    var logMaximumSize: String?

    @Option(name: .variable(ConfigurationTable.logKeep), help: .variable(ConfigurationTable.logKeep, "files"))
    var logKeep: String?

    /// What the command line says, by the names of the variables.
    var flags: [String: String] {
        let values: [(ConfigurationVariable, String?)] = [
            (ConfigurationTable.cacheBackend, cacheBackend), (ConfigurationTable.cacheMaximumEntries, cacheMaximumEntries),
            (ConfigurationTable.host, host), (ConfigurationTable.port, port), (ConfigurationTable.keysFile, keysFile),
            (ConfigurationTable.maximumConnections, maximumConnections), (ConfigurationTable.maximumStreams, maximumStreams),
            (ConfigurationTable.corsOrigins, corsOrigins), (ConfigurationTable.requestTimeout, requestTimeout),
            (ConfigurationTable.idleTimeout, idleTimeout), (ConfigurationTable.logFile, logFile),
            (ConfigurationTable.logMaximumSize, logMaximumSize), (ConfigurationTable.logKeep, logKeep),
        ]
        return values.reduce(into: [:]) { flags, pair in flags[pair.0.name] = pair.1 }
    }
}
