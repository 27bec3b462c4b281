import ArgumentParser
import CacheServices
import DashboardServer
import Foundation
import LoggingServices

/// Archives the trail and clears it.
struct AuditClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Archive the trail, then remove all of it but a record of the clearing.",
        discussion: """
            The archive is NDJSON that `usdcop audit verify FILE` proves; without --archive it goes to the state directory. Nothing is \
            removed that the archive does not hold. Give the key with which the service signs, so that the clearing is proven.

            Examples:
              usdcop audit clear --reason "end of the trial" --user ana
              usdcop audit clear --reason "moved to cold storage" --archive /mnt/archive/2025.ndjson
            """)

    @Option(help: "Why, 1 to 512 printable characters; it stays in the trail.")
    var reason: String

    @Option(help: ArgumentHelp("A new file for what is removed.", valueName: "file"), completion: .file())
    var archive: String?

    @Option(help: "Who does it.")
    var user: String?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Audit trail") var audit: AuditOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        if TextRule(maximumLength: 512).problem(with: reason) != nil {
            throw ArgumentParser.ValidationError("--reason must be 1 to 512 printable characters.")
        }
        if let user, TextRule(maximumLength: 128).problem(with: user) != nil {
            throw ArgumentParser.ValidationError("--user must be 1 to 128 printable characters.")
        }
        if archive == "" { throw ArgumentParser.ValidationError("--archive must name a file.") }
    }

    func run() async throws {
        let (reason, user) = (reason, user)
        let archive = archive.map { URL(fileURLWithPath: $0) }
        if let archive, access(archive.path, F_OK) == 0 {
            throw CommandFailure(.cannotCreate, "\(archive.path) is there already; nothing was cleared")
        }
        let variables = ConfigurationTable.connection + ConfigurationTable.audit
        let (connection, flags) = (connection, audit.flags)
        let cleared = try await unlessInterrupted("whether the trail was cleared, `usdcop audit trail` tells") {
            try await connection.withSession(variables, adding: flags) { session in
                _ = try await session.trail.end()
                return try await session.withAudit(keepsJournal: true, isLasting: true) { audit in
                    try await audit.clearAuditTrail(reason: reason, userID: user, archive: archive)
                }
            }
        }
        let json: JSONValue = [
            "archive": .string(cleared.archive.path), "cleared": .integer(cleared.count), "receipt": cleared.receipt.jsonValue,
        ]
        try output.show(json) { style in
            Table(properties: [
                ("cleared", Table.Cell("\(NumberText.integer(cleared.count)) \(cleared.count == 1 ? "event" : "events")", .caution)),
                ("archive", Table.Cell(cleared.archive.path)), ("reason", Table.Cell(reason)),
                ("recorded as", Table.Cell("\(cleared.receipt.entry.auditID) (\(cleared.receipt.durability.rawValue))")),
            ]).text(style)
        }
    }
}
