import ArgumentParser
import CacheServices
import DashboardServer
import Foundation

/// The service with a market of its own.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Serve a synthetic market, so that there is something to see.",
        discussion: """
            Everything that `usdcop serve` does, and beside it a USD/COP market that never was, made of a seed; a desk that trades it on \
            paper; and stand-ins for trading-api, ml-analytics, pipeline-api and websocket on ports that the system chooses, with an outage \
            now and then. All goes through the real services: the page, redis-cli, this program and /metrics show the same.

            Nothing real is touched. The namespace is \(DemoOptions.namespace), the port \(DemoOptions.port), and the state directory has a name of \
            its own, whatever the environment and a file say for the service; only the flags change them. Webhooks, mail and the services of \
            the environment are left alone (POSTGRES_URL is watched if it is set). A namespace with keys that no demo made is refused \
            unless --adopt is given.

            A step of the market is a minute of the session in Bogotá, or an hour outside of it. The same seed gives the same prices, \
            signals and positions at every speed. Started again, the demo goes on where it was.

            Without Redis everything is kept in memory. Whoever names a --cache-backend gets that one.

            Examples:
              usdcop demo
              usdcop demo --seed 7 --speed 4
              usdcop demo --duration 10m --clean
            """)

    @OptionGroup(title: "Demo") var demo: DemoOptions
    @OptionGroup(title: "Service") var service: ServiceOptions
    @OptionGroup(title: "Audit trail") var audit: AuditOptions
    @OptionGroup(title: "Latency") var latency: LatencyOptions
    @OptionGroup(title: "Health") var health: HealthOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let loaded = try DemoSettings.load(self)
        try await withLog(loaded.settings.logging) { logger, log in
            var demo = Demo(options: demo, settings: loaded, logger: logger, log: log)
            try await demo.run()
        }
    }
}
