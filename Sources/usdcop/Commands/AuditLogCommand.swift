import ArgumentParser
import CacheServices
import DashboardServer
import Foundation
import Hiredis
import LoggingServices

/// Records events of a file or a pipe.
struct AuditLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Record events.",
        discussion: """
            The input is the `data` of one event, an object of JSON, or of many, one on each line (NDJSON). They are recorded in their \
            order, and each receipt is printed as soon as its event is recorded. A bad line is named and passed by (exit 65). A writer \
            that stays can pipe its events through this program for as long as it lives.

            While Redis is away events are refused (exit 69). With --journal they go to the state directory, are answered `spooled`, and \
            go to Redis when it is back, or with the next process on that directory; a kill loses nothing that was answered.

            Needed in `data`: SIGNAL_GENERATED action; SIGNAL_EXECUTED signal.action, execution.status; POSITION_OPENED quantity, \
            entry_price; POSITION_CLOSED position, pnl; RISK_ALERT type, message; SYSTEM_EVENT event.

            Examples:
              echo '{"event":"limits reviewed"}' | usdcop audit log SYSTEM_EVENT - --user ana
              usdcop audit log RISK_ALERT alert.json --idempotency-key alert-2025-01-15
              my-trader | usdcop audit log POSITION_OPENED - --journal --json
            """)

    /// The most bytes of the input of one event.
    private static let limit = 1 << 20

    @Argument(
        help: ArgumentHelp(
            "What kind of events: \(AuditEventType.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "event-type"),
        completion: .list(AuditEventType.allCases.map(\.rawValue)), transform: Arguments.eventType)
    var type: AuditEventType

    @Argument(help: ArgumentHelp("A file, or - for standard input.", valueName: "file"), completion: .file())
    var path = "-"

    @Option(help: "Who did it.")
    var user: String?

    @Option(help: ArgumentHelp("What else belongs to each event, an object of JSON.", valueName: "json"), transform: Arguments.object)
    var metadata: JSONValue?

    @Option(help: ArgumentHelp("By what a repeat within a day is recognised; for one event.", valueName: "key"))
    var idempotencyKey: String?

    @Flag(help: "Keep a journal in the state directory, and deliver what dead processes left there.")
    var journal = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Audit trail") var audit: AuditOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func validate() throws {
        if let user, let problem = TextRule(maximumLength: 128).problem(with: user) {
            throw ArgumentParser.ValidationError("--user must be 1 to 128 printable characters (\(problem.rawValue)).")
        }
        if let idempotencyKey, (try? IdempotencyKey(idempotencyKey, owner: "", request: [])) == nil {
            throw ArgumentParser.ValidationError("--idempotency-key must be 1 to 255 printable ASCII characters without spaces.")
        }
    }

    func run() async throws {
        let variables = ConfigurationTable.connection + ConfigurationTable.audit
        let loaded = try connection.check(variables, adding: audit.flags)
        guard !journal || loaded.audit.stateDirectory != nil else {
            throw CommandFailure(.configuration, "--journal needs a state directory (USDCOP_STATE_DIR)")
        }
        let single = try await idempotencyKey.asyncMap { try await readSingle($0) }
        let writer = AuditWriter(type: type, user: user, metadata: metadata, isJSON: output.json)
        let (path, journal) = (path, journal)
        let ending = try await connection.withSession(variables, adding: audit.flags) { session in
            // Without a journal a Redis that is away, or refuses this user, is told before anything is read.
            if !journal { _ = try await session.trail.end() }
            return try await session.withAudit(keepsJournal: journal, isLasting: journal) { audit in
                if let single {
                    try writer.show(try await audit.log(single.event, idempotency: single.key))
                    return Ending.finished(())
                }
                let ending = try await InputFile.with(path) { try await writer.run($0, into: audit) }
                if journal { await Self.waitForAdoption(audit, session) }
                return ending
            }
        }
        if case .interrupted(SIGINT, _) = ending { throw CommandFailure(.interrupted, nil) }
    }

    /// The one event that a key is for.
    private func readSingle(_ text: String) async throws -> (event: AuditEvent, key: IdempotencyKey) {
        var splitter = JSONObjectSplitter()
        let items = splitter.feed(try await InputFile.contents(of: path, limit: Self.limit)) + splitter.finish()
        guard let item = items.first, items.count == 1 else {
            throw CommandFailure(.badData, "--idempotency-key is for one event, and the input holds \(items.count); nothing was recorded")
        }
        do {
            let data = try item.value.get()
            let event = try AuditEvent(type: type, data: data, metadata: metadata, userID: user)
            let request: JSONValue = [
                "data": data, "event_type": .string(type.rawValue), "metadata": metadata ?? .null,
                "user_id": user.map(JSONValue.string) ?? .null,
            ]
            return (event, try IdempotencyKey(text, owner: "usdcop audit log", request: JSONWriter.bytes(request)))
        } catch {
            throw CommandFailure(.badData, "line \(item.line): \(error); nothing was recorded")
        }
    }

    /// Lets the journals of dead processes be delivered, as long as Redis answers and at most ten seconds.
    private static func waitForAdoption(_ audit: AuditLogger, _ session: Session) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await audit.untilAdopted() }
            group.addTask {
                let started = ContinuousClock.now
                while !Task.isCancelled, started.duration(to: .now) < .seconds(10) {
                    if case .away = session.cache.redis.status { return }
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
            await group.next()
            group.cancelAll()
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async rethrows -> Value? {
        if let self { try await transform(self) } else { nil }
    }
}
