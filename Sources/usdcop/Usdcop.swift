import ArgumentParser
import DashboardServer
import Foundation

/// The program: one command tree, one mapping of errors to exit codes.
@main
struct Usdcop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usdcop",
        abstract: "Trading signals, positions, metrics and their audit trail on Redis.",
        discussion: """
            Commands other than serve and demo talk to Redis directly and never fall back to memory.

            Examples:
              usdcop serve
              usdcop signal publish signal.json
              usdcop signal history USDCOP --limit 10 --json
              usdcop audit trail --event-type RISK_ALERT
              usdcop audit verify
              usdcop health status --watch
              usdcop replay prices.csv
              usdcop demo
              usdcop doctor

            Exit codes: 0 ok, 1 negative verdict or nothing there, 64 usage, 65 bad data, 69 Redis, or an address \
            to listen on, unavailable, 73 cannot create, 74 input or output, 77 not permitted, 78 configuration, 130 interrupted.
            """,
        version: BuildInfo.version,
        subcommands: [
            ServeCommand.self, SignalCommand.self, PositionCommand.self, MetricsCommand.self, PerformanceCommand.self, CacheCommand.self,
            LatencyCommand.self, AuditCommand.self, HealthCommand.self, ReplayCommand.self, DemoCommand.self, DoctorCommand.self,
            ConfigCommand.self,
        ])

    static func main() async {
        // A reader that goes away is answered by EPIPE, where it can be handled, and not by the end of the process.
        signal(SIGPIPE, SIG_IGN)
        Foundation.exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Runs one command line and says how it ended. Usage errors, help and versions are printed by the parser, which ends the process.
    private static func run(_ arguments: [String]) async -> ExitStatus {
        do {
            var command = try await asyncParseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .ok
        } catch {
            guard let failure = CommandFailure(error) else { exit(withError: error) }
            for line in failure.message?.split(separator: "\n") ?? [] { Console().note("usdcop: \(line)") }
            return failure.status
        }
    }
}
