import ArgumentParser
import CacheServices
import DashboardServer

/// Publishes the signals of a file, all or none unless told otherwise.
struct SignalPublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish one signal, or many as NDJSON.",
        discussion: """
            The input is one JSON object, or one object on each line (NDJSON). Everything is checked before anything is written: \
            one bad line and nothing is published (exit 65), unless --skip-bad is given.

            Examples:
              usdcop signal publish signal.json
              my-model | usdcop signal publish - --json
              usdcop signal publish signals.ndjson --skip-bad
            """)

    /// The most bytes that are read.
    private static let limit = 64 << 20

    @Argument(help: ArgumentHelp("A file, or - for standard input.", valueName: "file"), completion: .file())
    var path: String

    @Flag(help: "Publish the good lines even when others are bad; the exit code is still 65.")
    var skipBad = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        // Bad settings are found before a byte of the input is read.
        _ = try connection.load()
        let document = try await JSONDocument(InputFile.contents(of: path, limit: Self.limit))
        let (signals, faults) = document.signals()
        let console = Console()
        for fault in faults.prefix(50) { console.note("usdcop: \(fault)") }
        if faults.count > 50 { console.note("usdcop: and \(faults.count - 50) more bad lines") }
        guard !signals.isEmpty, faults.isEmpty || skipBad else {
            if signals.isEmpty, faults.isEmpty { throw CommandFailure(.badData, "the input holds no signal") }
            throw CommandFailure(.badData, "nothing was published")
        }
        let results = try await connection.withSession { session in
            var results: [(Signal, PublishResult)] = []
            for signal in signals {
                do {
                    results.append((signal.value, try await session.signals.publish(signal.value)))
                } catch let error as CacheError where error.code == .futureTimestamp {
                    throw CommandFailure(.badData, "line \(signal.line): \(error.message) Published before it: \(results.count).")
                } catch let error as CacheError {
                    if !results.isEmpty { console.note("usdcop: published before it: \(results.count)") }
                    throw error
                }
            }
            return results
        }
        try show(results)
        if !faults.isEmpty { throw CommandFailure(.badData, nil) }
    }

    private func show(_ results: [(Signal, PublishResult)]) throws {
        let json = results.map { signal, result -> JSONValue in
            [
                "signal_id": .string(signal.signalID), "symbol": .string(signal.symbol.rawValue),
                "latest": .string(result.latest.rawValue), "history": .string(result.history.rawValue),
                "stored": .string(result.stored.rawValue),
            ]
        }
        try output.show(["published": .integer(results.count), "results": .array(json)]) { style in
            var table = Table([.left("SIGNAL"), .left("SYMBOL"), .left("LATEST"), .left("HISTORY")])
            for (signal, result) in results.prefix(20) {
                table.add([
                    Table.Cell(signal.signalID), Table.Cell(signal.symbol.rawValue),
                    Table.Cell(result.latest.rawValue, result.latest == .stored ? .good : .caution), Table.Cell(result.history.rawValue),
                ])
            }
            let more = results.count > 20 ? "… and \(NumberText.integer(results.count - 20)) more\n" : ""
            let noun = results.count == 1 ? "signal" : "signals"
            return table.text(style) + more + "published \(NumberText.integer(results.count)) \(noun)\n"
        }
    }
}
