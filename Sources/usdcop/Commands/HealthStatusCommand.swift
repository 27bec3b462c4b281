import ArgumentParser
import CacheServices
import DashboardServer
import Foundation
import HealthServices
import Hiredis

/// How all services are.
struct HealthStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how all services are, as the monitor found them.",
        discussion: """
            ● is healthy, ▲ degraded, ✖ unhealthy; the strip shows the last checks, the newest on the right. A status older than three \
            intervals is not believed. Exits with 1 when one is unhealthy. With --watch the table is drawn anew until Ctrl-C (130); with \
            --json, and where no terminal is, every change is written below the one before.

            Examples:
              usdcop health status
              usdcop health status --json | jq -r .overall_status
              usdcop health status --watch --every 1s
            """)

    @Flag(help: "Go on showing.")
    var watch = false

    @Option(help: ArgumentHelp("How often to look with --watch, 200ms to 1h.", valueName: "duration"), transform: Arguments.duration)
    var every = Duration.seconds(2)

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard every >= .milliseconds(200), every <= .seconds(3600) else {
            throw ArgumentParser.ValidationError("--every must be 200ms to 1h.")
        }
    }

    func run() async throws {
        guard watch else {
            let (health, strips) = try await connection.withHealth { try await Self.look($0) }
            try output.show(health.jsonValue) { health.text($0, strips: strips) }
            if health.overallStatus == .unhealthy { throw CommandFailure(.negative, nil) }
            return
        }
        let (output, every, connection) = (output, every, connection)
        let ending = try await withInterruption {
            try await connection.withHealth { checker in try await Self.watch(checker, output, every) }
        }
        if case .interrupted(SIGINT, _) = ending { throw CommandFailure(.interrupted, nil) }
    }

    private static func look(_ checker: HealthChecker) async throws -> (SystemHealth, [OperationName: [HealthSample]]) {
        try await checker.registry.refresh()
        let health = await checker.getSystemHealth()
        var strips: [OperationName: [HealthSample]] = [:]
        for service in health.services { strips[service.service] = try? await checker.registry.history(of: service.service, limit: 20) }
        return (health, strips)
    }

    private static func watch(_ checker: HealthChecker, _ output: OutputOptions, _ every: Duration) async throws {
        let console = Console()
        let redraws = !output.json && Console.isTerminal(STDOUT_FILENO)
        var shown: [ServiceHealth] = []
        var isAway = false
        while !Task.isCancelled {
            do {
                let (health, strips) = try await look(checker)
                if isAway { console.note("usdcop: Redis is back") }
                isAway = false
                if redraws {
                    // Home, and what was there before is wiped line by line: no flicker.
                    let text = health.text(console.style, strips: strips).replacing("\n", with: "\u{1B}[K\n")
                    try console.write("\u{1B}[H" + text + "\u{1B}[J")
                } else if health.services != shown {
                    shown = health.services
                    try output.show(health.jsonValue) { health.text($0, strips: strips) + "\n" }
                }
            } catch let error as CacheError where error.code == .unavailable || error.code == .outcomeUnknown {
                if !isAway { console.note("usdcop: Redis is away; looking again") }
                isAway = true
            }
            try await Task.sleep(for: every)
        }
    }
}
