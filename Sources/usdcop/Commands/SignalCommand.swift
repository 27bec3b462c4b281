import ArgumentParser

/// The signal cache: what models advise.
struct SignalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal",
        abstract: "Publish, read, watch and clear trading signals.",
        discussion: """
            Examples:
              usdcop signal publish signal.json
              my-model | usdcop signal publish -
              usdcop signal history USDCOP --limit 10
              usdcop signal watch --json | jq .signal.price
            """,
        subcommands: [
            SignalPublishCommand.self, SignalLatestCommand.self, SignalHistoryCommand.self, SignalStatsCommand.self,
            SignalRangeCommand.self, SignalSymbolsCommand.self, SignalWatchCommand.self, SignalClearCommand.self,
        ])
}
