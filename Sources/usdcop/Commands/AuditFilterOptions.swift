import ArgumentParser
import CacheServices
import LoggingServices

/// Which events are meant.
struct AuditFilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only events of this type: \(AuditEventType.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "type"),
        completion: .list(AuditEventType.allCases.map(\.rawValue)), transform: Arguments.eventType)
    var eventType: AuditEventType?

    @Option(help: "Only events about this symbol.", transform: Arguments.symbol)
    var symbol: Symbol?

    @Option(help: "Only events of this user.")
    var user: String?

    @Option(help: ArgumentHelp("Only events from this time on, in ISO 8601.", valueName: "time"), transform: Arguments.time)
    var start: Timestamp?

    @Option(help: ArgumentHelp("Only events up to this time, in ISO 8601.", valueName: "time"), transform: Arguments.time)
    var end: Timestamp?

    func validate() throws {
        if let user, let problem = TextRule(maximumLength: 128).problem(with: user) {
            throw ArgumentParser.ValidationError("--user must be 1 to 128 printable characters (\(problem.rawValue)).")
        }
        if let start, let end, start > end { throw ArgumentParser.ValidationError("--start must not be after --end.") }
    }

    var filter: AuditFilter { AuditFilter(eventType: eventType, symbol: symbol, userID: user, start: start, end: end) }
}
