import ArgumentParser
import DashboardServer
import LoggingServices
import NIOCore

/// The service.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve signals, positions and metrics over HTTP.",
        discussion: ConfigurationTable.discussion(ConfigurationTable.all) + """


            SIGTERM and Ctrl-C stop accepting, drain for at most 10 seconds, and end with 0.

            Examples:
              usdcop serve
              usdcop serve --redis-url redis://cache.internal:6379/0 --port 9000
              usdcop serve --config /etc/usdcop.yaml
            """)

    @OptionGroup(title: "Service") var service: ServiceOptions
    @OptionGroup(title: "Audit trail") var audit: AuditOptions
    @OptionGroup(title: "Alerts") var alerts: AlertOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let flags = [service.flags, audit.flags, alerts.flags].reduce([:]) { $0.merging($1) { $1 } }
        let settings = try connection.load(ConfigurationTable.all, adding: flags).settings
        if let problem = settings.logging.fileProblem() {
            throw CommandFailure(.cannotCreate, "The file of LOG_FILE cannot be written: \(problem).")
        }
        do {
            try await withLog(settings.logging) { logger in
                let service = try DashboardService(settings: settings, logger: logger) { address in
                    let host = address.ipAddress.map { $0.contains(":") ? "[\($0)]" : $0 } ?? settings.host
                    try? Console().write("usdcop listens on http://\(host):\(address.port ?? settings.port)\n")
                }
                try await service.run()
            }
        } catch let error as StartError {
            throw CommandFailure(error)
        }
    }
}

extension CommandFailure {
    /// Why the service did not start.
    fileprivate init(_ error: StartError) {
        switch error {
        case .wrongCredentials, .keysNeeded: self.init(.configuration, error.description)
        case .cannotListen: self.init(.unavailable, error.description)
        }
    }
}
