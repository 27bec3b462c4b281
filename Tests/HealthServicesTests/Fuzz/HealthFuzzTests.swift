import CacheServices
import RedisTesting
import Testing

@testable import HealthServices

/// What is stored of services, alerts and samples, and every address that is configured or registered.
@Suite(.timeLimit(.minutes(30))) struct HealthFuzzTests {
    private static let words = [
        "healthy", "unhealthy", "9223372036854775807", "9007199254740992", "1e308", "http://", "@", "[::1]", "%0d%0a", "?token=hunter2",
        "2025-01-15T10:30:00.000Z",
    ]

    @Test func `statuses, services, alerts and reports are read or not at all`() throws {
        let seeds = [
            #"{"details":{"error_rate":0,"uptime":5},"last_check":"2025-01-15T10:30:00.000Z","latency_ms":12.5,"service":"api","status":"healthy"}"#,
            #"{"check_interval_ms":30000,"checked_by":"url","name":"api","origin":"command","timeout_ms":5000,"url":"http://h:1/health"}"#,
            #"{"alert_type":"x","at":"2025-01-15T10:30:00.000Z","id":"a-1","kind":"risk","message":"too deep","severity":"high"}"#,
            #"{"at":"2025-01-15T10:30:00.000Z","from":"healthy","id":"a-1","kind":"transition","message":"m","service":"api","to":"unhealthy"}"#,
            #"{"details":{"memory_usage_mb":12,"requests_per_minute":3}}"#,
        ]
        let name: OperationName = "api"
        for input in FuzzInputs(seeds, words: Self.words) {
            if let health = ServiceHealth(stored: input, service: name) {
                #expect(
                    ServiceHealth(stored: JSONWriter.bytes(health.jsonValue), service: name)?.status == health.status, "\(input.fuzzed)")
            }
            if let service = RegisteredService(stored: input, name: name) {
                #expect(service.timeout > .zero && service.checkInterval > .zero, "\(input.fuzzed)")
            }
            if let alert = try? Alert(stored: input) { #expect(try Alert(stored: alert.json) == alert, "\(input.fuzzed)") }
            let report = ServiceReport(body: input)
            for figure in [report.memoryUsageMB, report.requestsPerMinute] {
                #expect(figure.map { (0...1e12).contains($0) } ?? true, "\(input.fuzzed)")
            }
            _ = try? LatencyReading(strict: JSONParser.parse(input))
        }
    }

    @Test func `fields of streams and hashes`() {
        let seeds = ["healthy healthy 17 x 42 y z 7 a b", "1736937000000-0", "12.5", "nan", "alert", "delivery"]
        for input in FuzzInputs(seeds, words: Self.words) {
            let text = String(decoding: input, as: UTF8.self)
            if let course = SharedCourse(stored: text) {
                #expect(course.changes >= 0 && course.changes < 1 << 53 && course.fence >= 0 && course.fence < 1 << 53, "\(input.fuzzed)")
            }
            let place = AlertCursor(stored: input).place
            #expect(place.map { AlertCursor($0).place == $0 } ?? true, "\(input.fuzzed)")
            let fields: [StreamEntry.Field] = [
                .init("kind", text), .init("id", text), .init("at", "2025-01-15T10:30:00.000Z"), .init("status", "healthy"),
                .init("latency_ms", text), .init("attempts", text), .init("channel", text), .init("result", "sent"), .init("alert", text),
            ]
            let entry = StreamEntry(id: StreamID(milliseconds: 1, sequence: 1), fields: fields)
            _ = (HealthSample(entry)?.jsonValue, AlertEntry(entry)?.fields)
        }
    }

    @Test func `an address is refused, or shows no secret and reaches one host`() throws {
        let seeds = [
            "http://user:hunter2@host:8001/health?token=hunter2", "https://example.com", "wss://h/ws", "tcp://[::1]:5432",
            "redis://:hunter2@h:1/2",
            "postgresql://desk:hunter2@db:5432/desk?sslmode=require", "unix:///tmp/x.sock", "smtps://desk:hunter2@mail:465",
            "http://127.0.0.1:1/hook#x",
        ]
        for input in FuzzInputs(seeds, words: Self.words) {
            let text = String(decoding: input, as: UTF8.self)
            do throws(ValidationError) {
                let url = try ProbeURL(text)
                if let password = url.password, password.utf8.count > 5, text.ranges(of: password).count == 1 {
                    #expect(!url.redacted.contains(password), "\(input.fuzzed)")
                }
            } catch {
                #expect(!"\(error)".contains("hunter2"), "\(input.fuzzed)")
            }
            if let url = try? ProbeURL(text, admitting: .webWithoutCredentials) { #expect(!url.hasCredentials, "\(input.fuzzed)") }
            if let hook = try? WebhookURL(text) {
                #expect(!"\(hook)".contains("hunter2"), "\(input.fuzzed)")
                #expect(hook.target.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7f }, "\(input.fuzzed)")
            }
            if let server = try? SMTPServer(text) { #expect(!"\(server)".contains("hunter2"), "\(input.fuzzed)") }
        }
    }

    @Test func `an e-mail address ends no line and begins no header`() {
        for input in FuzzInputs(
            ["desk@example.com", "a.b+c@x-y.example", "x@localhost"], words: ["@", ".", "\r\nBcc: x@y", "<", ">", "\"", " "])
        {
            guard let address = try? EmailAddress(String(decoding: input, as: UTF8.self)) else { continue }
            #expect(address.rawValue.wholeMatch(of: /[!#-'*+\/-9=?A-Z^-~.-]+@[A-Za-z0-9.-]+/) != nil, "\(input.fuzzed)")
        }
    }
}
