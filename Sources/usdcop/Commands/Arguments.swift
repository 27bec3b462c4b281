import ArgumentParser
import CacheServices
import DashboardServer
import LoggingServices

/// How texts of the command line become values; what is thrown becomes a usage error.
enum Arguments {
    @Sendable static func symbol(_ text: String) throws -> Symbol {
        try checked { () throws(CacheServices.ValidationError) in try Symbol(text) }
    }

    @Sendable static func metricName(_ text: String) throws -> MetricName {
        try checked { () throws(CacheServices.ValidationError) in try MetricName(text) }
    }

    @Sendable static func operation(_ text: String) throws -> OperationName {
        try checked { () throws(CacheServices.ValidationError) in try OperationName(text) }
    }

    @Sendable static func eventType(_ text: String) throws -> AuditEventType {
        guard let type = AuditEventType(rawValue: text) else {
            throw ArgumentParser.ValidationError("must be one of \(AuditEventType.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return type
    }

    @Sendable static func exportFormat(_ text: String) throws -> AuditExportFormat {
        guard let format = AuditExportFormat(rawValue: text) else { throw ArgumentParser.ValidationError("must be csv, json or ndjson") }
        return format
    }

    @Sendable static func cursor(_ text: String) throws -> AuditCursor {
        guard let cursor = AuditCursor(text) else { throw ArgumentParser.ValidationError("must be a cursor that a page has given") }
        return cursor
    }

    /// An object of JSON.
    @Sendable static func object(_ text: String) throws -> JSONValue {
        guard let value = try? JSONParser.parse(Array(text.utf8)), value.members != nil else {
            throw ArgumentParser.ValidationError("must be an object of JSON")
        }
        return value
    }

    /// Milliseconds, with a fraction if need be.
    @Sendable static func milliseconds(_ text: String) throws -> Double {
        guard let number = Double(text), (0...1e9).contains(number) else {
            throw ArgumentParser.ValidationError("must be a number of milliseconds from 0 to 1000000000")
        }
        return number
    }

    @Sendable static func time(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(iso8601: text) else {
            throw ArgumentParser.ValidationError("must be a time in ISO 8601 like 2025-01-15T10:30:00Z")
        }
        return time
    }

    /// A positive number of rows in a second.
    @Sendable static func speed(_ text: String) throws -> Double {
        guard let speed = Double(text), speed > 0, speed <= 1e6 else {
            throw ArgumentParser.ValidationError("must be a number of rows in a second, above 0 and at most 1000000")
        }
        return speed
    }

    @Sendable static func duration(_ text: String) throws -> Duration {
        guard let duration = DurationText.duration(text) else {
            throw ArgumentParser.ValidationError("must be a duration such as 500ms, 1s, 5m, 2h or 30d")
        }
        return duration
    }

    @Sendable static func expiry(_ text: String) throws -> Expiry {
        if text == "never" { return .never }
        guard let duration = DurationText.duration(text), duration >= .milliseconds(1), duration <= .seconds(3650 * 86_400) else {
            throw ArgumentParser.ValidationError("must be never, or a duration from 1ms to 3650d such as 500ms, 1s, 5m, 2h or 30d")
        }
        return .after(duration)
    }

    private static func checked<Value>(_ make: () throws(CacheServices.ValidationError) -> Value) throws -> Value {
        do {
            return try make()
        } catch {
            throw ArgumentParser.ValidationError(error.problems.map(\.sentence).joined(separator: "; "))
        }
    }
}
