import ArgumentParser
import CacheServices

/// Removes signals.
struct SignalClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Remove the history of a symbol, or all signals.",
        discussion: "Examples:\n  usdcop signal clear USDCOP\n  usdcop signal clear --all")

    @Argument(help: "Whose history is removed; the latest signal stays.", transform: Arguments.symbol)
    var symbol: Symbol?

    @Flag(help: "Remove the latest signal and the histories of all symbols.")
    var all = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard (symbol == nil) == all else { throw ArgumentParser.ValidationError("Give a symbol or --all, one of them.") }
    }

    func run() async throws {
        let symbol = symbol
        let removed = try await connection.withSession { session in
            guard let symbol else { return try await session.signals.clearAll() }
            return try await session.signals.clearHistory(symbol) ? 1 : 0
        }
        try output.show(["cleared": .integer(removed)]) { _ in "removed \(removed) \(removed == 1 ? "key" : "keys")\n" }
    }
}
