import ArgumentParser
import CacheServices
import DashboardServer
import Foundation
import LoggingServices

/// The trail as a file.
struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write the trail as CSV, JSON or NDJSON, oldest event first.",
        discussion: """
            Without --out it goes to standard output. A file appears whole or not at all, and replaces nothing unless told to (exit 73). \
            `usdcop audit verify FILE` proves JSON and NDJSON. When events are trimmed while they are to be read, the export fails (74).

            Examples:
              usdcop audit export --format csv --out trail.csv
              usdcop audit export --format ndjson --event-type RISK_ALERT | gzip > alerts.ndjson.gz
            """)

    @Option(
        help: "csv, json or ndjson; as the file's name ends unless given, else ndjson.",
        completion: .list(AuditExportFormat.allCases.map(\.rawValue)), transform: Arguments.exportFormat)
    var format: AuditExportFormat?

    @Option(help: ArgumentHelp("Where to write.", valueName: "file"), completion: .file())
    var out: String?

    @Flag(help: "Replace the file if it is there.")
    var force = false

    @Option(help: "Only so many of the newest events.")
    var limit: Int?

    @OptionGroup(title: "Events") var events: AuditFilterOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        guard limit ?? 1 >= 1 else { throw ArgumentParser.ValidationError("--limit must be at least 1.") }
        guard out != nil || !(output.json || force) else { throw ArgumentParser.ValidationError("--json and --force need --out.") }
        guard out != "" else { throw ArgumentParser.ValidationError("--out must name a file.") }
    }

    func run() async throws {
        let ending = out.flatMap { AuditExportFormat(rawValue: URL(fileURLWithPath: $0).pathExtension.lowercased()) }
        let format = format ?? ending ?? .ndjson
        let (filter, limit, out, force) = (events.filter, limit, out, force)
        let connection = connection
        guard let out else {
            let isWatched = Console.isTerminal(STDERR_FILENO) && !Console.isTerminal(STDOUT_FILENO)
            let end = try await unlessInterrupted("the export is not whole") {
                try await connection.withSession { session in
                    let console = Console()
                    return try await Self.export(session, format, filter, limit, isShown: isWatched) { try console.write($0) }
                }
            }
            return Console().note(unreadable: end.unreadable)
        }
        let end = try await unlessInterrupted("no file was made") {
            try await connection.withSession { session in
                // Made when Redis has answered, so that a failure leaves nothing behind.
                _ = try await session.trail.end()
                let file = try NewFile(out, replaces: force)
                let end = try await Self.export(session, format, filter, limit, isShown: Console.isTerminal(STDERR_FILENO)) {
                    try file.write($0)
                }
                try Task.checkCancellation()
                try file.finish()
                return end
            }
        }
        let json: JSONValue = [
            "exported": .integer(end.exported), "file": .string(out), "format": .string(format.rawValue),
            "unreadable": .integer(end.unreadable),
        ]
        try output.show(json) { _ in
            "exported \(NumberText.integer(end.exported)) \(end.exported == 1 ? "event" : "events") to \(Table.Cell.shown(out))\n"
        }
        Console().note(unreadable: end.unreadable)
    }

    private static func export(
        _ session: Session, _ format: AuditExportFormat, _ filter: AuditFilter, _ limit: Int?, isShown: Bool,
        write: ([UInt8]) throws -> Void
    ) async throws -> (exported: Int, unreadable: Int) {
        let bar = SharedProgressBar("exporting", isShown: isShown)
        defer { bar.clear() }
        var end = (exported: 0, unreadable: 0)
        for try await chunk in try await session.trail.export(format, filter, limit: limit) {
            try write(chunk.bytes)
            end = (chunk.exported, chunk.unreadable)
            bar.update(chunk.scanned, of: chunk.total)
        }
        return end
    }
}
