import ArgumentParser
import CacheServices
import DashboardServer
import Foundation

/// Removes everything but the reserved families.
struct CacheClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Remove all signals, positions, metrics and other keys of the cache.",
        discussion: """
            The reserved families (audit, latency, health, index, …) stay. Asks first on a terminal; elsewhere it needs --yes.

            Examples:
              usdcop cache clear
              usdcop cache clear --yes --namespace staging
            """)

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let settings = try connection.load().settings
        if !yes {
            guard Console.isTerminal(STDIN_FILENO) else { throw CommandFailure(.usage, "nobody can be asked here; give --yes") }
            Console().note("This removes every signal, position and metric of the namespace \(settings.namespace) at \(settings.redis).")
            Console().note("Type the name of the namespace to go on:")
            guard readLine() == settings.namespace.rawValue else { throw CommandFailure(.negative, "nothing was removed") }
        }
        let removed = try await connection.withSession { session in
            let removed = try await session.cache.clear()
            // The indexes are reserved and stay; they must not list what is gone.
            try await IndexReconciliation(session.cache).run()
            return removed
        }
        try output.show(["cleared": .integer(removed)]) { _ in "removed \(NumberText.integer(removed)) \(removed == 1 ? "key" : "keys")\n" }
    }
}
