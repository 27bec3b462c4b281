import ArgumentParser
import CacheServices
import Foundation

/// Shows signals as they are published, by any process.
struct SignalWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Show signals as they come, until Ctrl-C.",
        discussion: """
            Follows the change stream from now on. With --json every change is one line. When the connection is lost, it goes on \
            where it stopped; after 30 seconds without Redis it gives up (exit 69). Ctrl-C ends it with 130, SIGTERM with 0.

            Examples:
              usdcop signal watch
              usdcop signal watch --symbol USDCOP --count 1 --json
            """)

    @Option(help: "Only signals of this symbol.", transform: Arguments.symbol)
    var symbol: Symbol?

    @Option(help: "End after so many changes.")
    var count: Int?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard count ?? 1 >= 1 else { throw ArgumentParser.ValidationError("--count must be at least 1.") }
    }

    func run() async throws {
        let watcher = SignalWatcher(symbol: symbol, count: count, isJSON: output.json)
        let connection = connection
        let ending = try await withInterruption {
            try await connection.withSession { try await watcher.run($0) }
        }
        if case .interrupted(SIGINT, _) = ending { throw CommandFailure(.interrupted, nil) }
    }
}
