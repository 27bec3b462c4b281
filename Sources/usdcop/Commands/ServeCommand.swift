import ArgumentParser
import DashboardServer
import Foundation
import Logging
import LoggingServices
import NIOCore

/// The service.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve signals, positions, metrics, the audit trail and performance over HTTP.",
        discussion: ConfigurationTable.discussion(ConfigurationTable.all) + """


            SIGTERM and Ctrl-C stop accepting, drain for at most 10 seconds, and end with 0.

            Examples:
              usdcop serve
              usdcop serve --redis-url redis://cache.internal:6379/0 --port 9000
              usdcop serve --config /etc/usdcop.yaml
            """)

    @OptionGroup(title: "Service") var service: ServiceOptions
    @OptionGroup(title: "Limits and borders") var limits: LimitOptions
    @OptionGroup(title: "Audit trail") var audit: AuditOptions
    @OptionGroup(title: "Latency") var latency: LatencyOptions
    @OptionGroup(title: "Health") var health: HealthOptions
    @OptionGroup(title: "Alerts") var alerts: AlertOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let flags = [limits.flags, audit.flags, latency.flags, health.flags, alerts.flags].reduce(service.flags) { $0.merging($1) { $1 } }
        let loaded = try connection.load(ConfigurationTable.all, adding: flags)
        let settings = loaded.settings
        if loaded.given.contains(ConfigurationTable.stateDirectory.name) { try Self.prepare(settings.audit.stateDirectory) }
        if let problem = settings.logging.fileProblem() {
            throw CommandFailure(.cannotCreate, "The file of LOG_FILE cannot be written: \(problem).")
        }
        // The log, Redis, journals and probes need some besides.
        let needed = settings.maximumConnections + DashboardService.connectionsInPassing + 256
        let allowed = DescriptorLimit.raise(to: needed)
        do {
            try await withLog(settings.logging) { logger, log in
                if let allowed {
                    logger.warning(
                        "fewer files may be open than the connections of USDCOP_MAX_CONNECTIONS need: raise the hard limit (ulimit -Hn, LimitNOFILE)",
                        metadata: ["allowed": "\(allowed)", "needed": "\(needed)"])
                }
                let registry = MetricsRegistry()
                registry.bootstrap()
                let service = try DashboardService(
                    settings: settings, logger: logger, registry: registry, collectors: [log.metrics]
                ) { address in
                    let host = address.ipAddress.map { $0.contains(":") ? "[\($0)]" : $0 } ?? settings.host
                    try? Console().write(
                        "usdcop listens on \(settings.certificate == nil ? "http" : "https")://\(host):\(address.port ?? settings.port)\n")
                }
                try await service.run()
            }
        } catch let error as StartError {
            throw CommandFailure(error)
        }
    }

    /// Somebody who names a state directory counts on it: without it events would be refused while Redis is away.
    private static func prepare(_ directory: URL?) throws(CommandFailure) {
        guard let directory else { return }
        try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        guard access(directory.path, W_OK | X_OK) == 0 else {
            throw CommandFailure(
                .cannotCreate, "The directory of USDCOP_STATE_DIR cannot be made or written: \(String(cString: strerror(errno))).")
        }
    }
}

extension CommandFailure {
    /// Why the service did not start.
    init(_ error: StartError) {
        switch error {
        case .wrongCredentials, .keysNeeded, .unusableCertificate, .unknownHost: self.init(.configuration, error.description)
        case .cannotListen: self.init(.unavailable, error.description)
        }
    }
}
