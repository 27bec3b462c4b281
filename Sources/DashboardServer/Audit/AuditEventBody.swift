import CacheServices
import LoggingServices

/// The body of `POST /api/audit/signals`.
struct AuditEventBody: Sendable {
    let event: AuditEvent

    /// The user of the event is the caller, by the name of the API key. A `user_id` in the body counts as such only where callers have no
    /// names, which is on loopback without keys; from a caller with a name it says for whom the caller acts, and goes into the metadata as
    /// `on_behalf_of`.
    ///
    /// - Throws: `ValidationError` with everything that is wrong, in the body and in the event.
    init(_ value: JSONValue, caller: Caller, address: String?) throws(ValidationError) {
        var reader = JSONObjectReader(value, mode: .strict)
        let data = reader.value("data")
        let type = reader.choice("event_type", of: AuditEventType.self)
        let metadata = reader.value("metadata", .optional)
        let userID = reader.text("user_id", AuditLogEntry.Limits.userID, .optional)
        reader.finish()
        var problems = reader.problems
        var event: AuditEvent?
        if let data, let type {
            do throws(ValidationError) {
                let principal = caller.name == nil || caller.name == userID ? nil : userID
                event = try AuditEvent(
                    type: type, data: data, metadata: metadata, userID: caller.name ?? userID, onBehalfOf: principal)
            } catch {
                problems += error.problems.filter { !problems.contains($0) }
            }
        }
        guard problems.isEmpty, var event else { throw ValidationError(problems) }
        event.ipAddress = address
        self.event = event
    }
}
