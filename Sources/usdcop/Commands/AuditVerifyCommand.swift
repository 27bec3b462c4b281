import ArgumentParser
import CacheServices
import DashboardServer
import Foundation
import LoggingServices

/// Proves the trail, or names every place where it is not what was written.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Prove that the trail, or an export of it, is what was written.",
        discussion: """
            Without a file it verifies the live trail, against the newest checkpoint in the state directory if there is one. With files \
            (NDJSON or JSON exports, journals, archives; in their order) it needs no Redis. The key of USDCOP_AUDIT_KEY_FILE checks the \
            signatures. Exits with 1 when something is broken.

            Examples:
              usdcop audit verify --audit-key-file /etc/usdcop/audit.key
              usdcop audit verify trail.ndjson --json
              usdcop audit verify --anchor /mnt/worm/anchor.json
            """)

    @Argument(help: ArgumentHelp("Exports or journals instead of the live trail.", valueName: "file"), completion: .file())
    var files: [String] = []

    @Option(help: ArgumentHelp("A checkpoint that was kept outside Redis.", valueName: "file"), completion: .file())
    var anchor: String?

    @Flag(help: "The file holds a selection of events: only single entries can be proved.")
    var filtered = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Audit trail") var audit: AuditOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    private static let variables = ConfigurationTable.connection + ConfigurationTable.audit

    func validate() throws {
        guard !filtered || !files.isEmpty else { throw ArgumentParser.ValidationError("--filtered needs a file.") }
    }

    func run() async throws {
        let command = self
        let verdict = try await unlessInterrupted("there is no verdict") {
            try await command.files.isEmpty ? command.verifyTrail() : command.verifyFiles()
        }
        try output.show(verdict.jsonValue) { verdict.text($0) }
        if !verdict.isSound { throw CommandFailure(.negative, nil) }
    }

    private func verifyTrail() async throws -> AuditVerdict {
        let given = anchor
        return try await connection.withSession(Self.variables, adding: audit.flags) { session in
            let settings = session.settings.audit
            let anchor = try given.map(Self.anchor) ?? Self.ownAnchor(settings)
            // Says plainly whether Redis is away or refuses this user.
            _ = try await session.trail.end()
            let bar = SharedProgressBar("verifying")
            defer { bar.clear() }
            let verdict = try await AuditVerifier(
                key: settings.signingKey, anchor: anchor, maximumEvents: settings.maximumEvents
            ).verify(session.cache.redis, namespace: settings.namespace, progress: bar.update)
            if verdict.entries == 0, verdict.isSound {
                // Sound, as far as anybody can tell: what was never there and what was deleted look the same without an anchor.
                bar.clear()
                Console().note(
                    """
                    usdcop: warning: there is no trail of the namespace \(settings.namespace) at \(session.settings.redis). With the state \
                    directory of the service (--state-dir) and its key, a trail that was deleted is found
                    """)
            }
            return verdict
        }
    }

    private func verifyFiles() async throws -> AuditVerdict {
        let settings = try connection.load(Self.variables, adding: audit.flags).settings.audit
        let verifier = AuditVerifier(
            key: settings.signingKey, anchor: try anchor.map(Self.anchor), maximumEvents: settings.maximumEvents)
        let bar = SharedProgressBar("verifying")
        defer { bar.clear() }
        for file in files where access(file, R_OK) != 0 {
            throw CommandFailure(.inputOutput, "\(file) cannot be read: \(String(cString: strerror(errno)))")
        }
        return try await verifier.verify(
            files: files.map { URL(fileURLWithPath: $0) }, isFiltered: filtered, progress: bar.update)
    }

    private static func anchor(_ path: String) throws -> CheckpointAnchor {
        try CheckpointAnchor.load(from: URL(fileURLWithPath: path))
    }

    /// The one in the state directory; `nil` where there is none.
    private static func ownAnchor(_ settings: AuditSettings) throws -> CheckpointAnchor? {
        try settings.stateDirectory.flatMap { try CheckpointAnchor.loadIfPresent(in: $0, namespace: settings.namespace) }
    }
}
