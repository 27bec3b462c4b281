import CacheServices
import HealthServices

/// The body of `PUT /api/health/services/{name}`: `{"url", "check_interval_ms"?, "timeout_ms"?}`.
struct ServiceBody: Sendable {
    let config: ServiceConfig

    /// - Throws: `ValidationError` naming every field that is wrong. The address is never repeated.
    init(_ body: JSONValue, name: OperationName) throws(ValidationError) {
        var reader = JSONObjectReader(body, mode: .strict)
        let text = reader.text("url", TextRule(maximumLength: ProbeURL.maximumLength))
        let interval = reader.integer("check_interval_ms", in: ServiceConfig.intervals, .optional)
        let timeout = reader.integer("timeout_ms", in: ServiceConfig.timeouts, .optional)
        reader.finish()
        var url: ProbeURL?
        if let text {
            do throws(ValidationError) {
                url = try ProbeURL(text, admitting: .webWithoutCredentials)
            } catch {
                for problem in error.problems { reader.report(problem.field, problem.code, problem.sentence) }
            }
        }
        guard reader.problems.isEmpty, let url else { throw reader.error }
        config = try ServiceConfig(
            name: name, url: url, checkInterval: .milliseconds(interval ?? 30_000), timeout: .milliseconds(timeout ?? 5000))
    }
}
