import ArgumentParser
import CacheServices
import DashboardServer
import LoggingServices

/// Publishes the signals of a file, all or none unless told otherwise.
struct SignalPublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish one signal, or many as NDJSON.",
        discussion: """
            The input is one JSON object, or one object on each line (NDJSON). Everything is checked before anything is written: \
            one bad line and nothing is published (exit 65), unless --skip-bad is given. With --audit each signal goes in one step \
            with its SIGNAL_GENERATED event, unless the history has it already.

            Examples:
              usdcop signal publish signal.json
              my-model | usdcop signal publish - --json
              usdcop signal publish signals.ndjson --skip-bad
              usdcop signal publish signal.json --audit
            """)

    /// The most bytes that are read.
    private static let limit = 64 << 20

    @Argument(help: ArgumentHelp("A file, or - for standard input.", valueName: "file"), completion: .file())
    var path: String

    @Flag(help: "Publish the good lines even when others are bad; the exit code is still 65.")
    var skipBad = false

    @Flag(help: "Record each signal in the audit trail, in one step with its publish.")
    var audit = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Audit trail") var trail: AuditOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        // Bad settings are found before a byte of the input is read.
        let variables = ConfigurationTable.connection + (audit ? ConfigurationTable.audit : [])
        let flags = audit ? trail.flags : [:]
        _ = try connection.check(variables, adding: flags)
        let document = try await JSONDocument(InputFile.contents(of: path, limit: Self.limit))
        let (signals, faults) = document.signals()
        let console = Console()
        for fault in faults.prefix(50) { console.note("usdcop: \(fault)") }
        if faults.count > 50 { console.note("usdcop: and \(faults.count - 50) more bad lines") }
        guard !signals.isEmpty, faults.isEmpty || skipBad else {
            if signals.isEmpty, faults.isEmpty { throw CommandFailure(.badData, "the input holds no signal") }
            throw CommandFailure(.badData, "nothing was published")
        }
        let audit = audit
        let results = try await connection.withSession(variables, adding: flags) { session in
            guard audit else { return try await Self.publish(signals) { (try await session.signals.publish($0), nil) } }
            return try await session.withAudit { audit in
                try await Self.publish(signals) { signal in
                    let published = try await audit.publish(signal, event: .signalGenerated(signal), cache: session.signals)
                    return (published.result, published.receipt)
                }
            }
        }
        try show(results)
        if !faults.isEmpty { throw CommandFailure(.badData, nil) }
    }

    private static func publish(
        _ signals: [JSONDocument.Item<Signal>], _ publish: (Signal) async throws -> (PublishResult?, AuditReceipt?)
    ) async throws -> [Published] {
        var results: [Published] = []
        for signal in signals {
            do {
                let (result, receipt) = try await publish(signal.value)
                results.append(Published(signal: signal.value, result: result, receipt: receipt))
            } catch let error as CacheError where error.code == .futureTimestamp {
                throw CommandFailure(.badData, "line \(signal.line): \(error.message) Published before it: \(results.count).")
            } catch let error as AuditError where error.code == .invalid || error.code == .tooLarge {
                throw CommandFailure(.badData, "line \(signal.line): \(error.message) Published before it: \(results.count).")
            } catch {
                if !results.isEmpty { Console().note("usdcop: published before it: \(results.count)") }
                throw error
            }
        }
        return results
    }

    private struct Published: Sendable {
        let signal: Signal
        /// `nil` while only the journal of the trail has the signal.
        let result: PublishResult?
        let receipt: AuditReceipt?
    }

    private func show(_ results: [Published]) throws {
        let json = results.map { published -> JSONValue in
            let (signal, result) = (published.signal, published.result)
            let members: [JSONValue.Member] = [
                .init("signal_id", .string(signal.signalID)), .init("symbol", .string(signal.symbol.rawValue)),
                .init("latest", result.map { .string($0.latest.rawValue) } ?? .null),
                .init("history", result.map { .string($0.history.rawValue) } ?? .null),
                .init("stored", .string(result?.stored.rawValue ?? "journal")),
            ]
            return .object(members + (audit ? [.init("audit", published.receipt?.jsonValue ?? .null)] : []))
        }
        try output.show(["published": .integer(results.count), "results": .array(json)]) { style in
            var table = Table([.left("SIGNAL"), .left("SYMBOL"), .left("LATEST"), .left("HISTORY")])
            for published in results.prefix(20) {
                let (signal, result) = (published.signal, published.result)
                table.add([
                    Table.Cell(signal.signalID), Table.Cell(signal.symbol.rawValue),
                    Table.Cell(result?.latest.rawValue ?? "journal", result?.latest == .stored ? .good : .caution),
                    Table.Cell(result?.history.rawValue ?? "journal"),
                ])
            }
            let more = results.count > 20 ? "… and \(NumberText.integer(results.count - 20)) more\n" : ""
            let recorded = audit ? ", recorded \(NumberText.integer(results.count { $0.receipt != nil }))" : ""
            let noun = results.count == 1 ? "signal" : "signals"
            return table.text(style) + more + "published \(NumberText.integer(results.count)) \(noun)\(recorded)\n"
        }
    }
}
