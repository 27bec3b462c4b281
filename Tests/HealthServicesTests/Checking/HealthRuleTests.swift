import CacheServices
import TestTurns
import Testing

@testable import HealthServices

@Suite(.takesTurns) struct HealthRuleTests {
    @Test(
        arguments: [
            (0, .healthy), (499, .healthy), (500, .degraded), (1000, .degraded), (1001, .unhealthy), (60_000, .unhealthy),
        ] as [(Int, ServiceStatus)])
    func `latency decides`(milliseconds: Int, status: ServiceStatus) {
        #expect(ServiceStatus(success: true, latency: .milliseconds(milliseconds)) == status)
        #expect(ServiceStatus(success: false, latency: .milliseconds(milliseconds)) == .unhealthy)
    }

    @Test(
        arguments: [
            ([], .degraded), ([.healthy], .healthy), ([.healthy, .degraded], .degraded), ([.degraded, .unhealthy, .healthy], .unhealthy),
        ] as [([ServiceStatus], ServiceStatus)])
    func `the whole is as its worst part`(parts: [ServiceStatus], whole: ServiceStatus) {
        #expect(ServiceStatus.overall(parts) == whole)
    }

    @Test(
        arguments: [
            (0, "0 ms"), (999, "999 ms"), (1000, "1 s"), (1399, "1.3 s"), (3040, "3 s"), (12_900, "12 s"), (119_999, "119 s"),
            (120_000, "2 min"), (7_200_000, "2 h"), (172_800_000, "2 d"), (-5, "0 ms"),
        ])
    func `times are told in one unit`(milliseconds: Int, text: String) {
        #expect(TimeText.short(.milliseconds(milliseconds)) == text)
    }

    @Test func `without services the whole says why it is degraded`() {
        let json = SystemHealth(timestamp: .now, services: []).jsonValue
        #expect(json["overall_status"]?.text == "degraded")
        #expect(json["reason"]?.text == "no services are registered")
    }

    @Test(arguments: [(29_999, true), (89_999, true), (90_000, false), (86_400_000, false)])
    func `a status is believed for less than three intervals`(age: Int, isBelieved: Bool) {
        let health = ServiceHealth(service: "a", status: .healthy, latency: .milliseconds(3), lastCheck: .now)
        let seen = health.believed(age: .milliseconds(age), interval: .seconds(30))
        #expect(seen.status == (isBelieved ? .healthy : .unhealthy))
        guard !isBelieved else { return }
        #expect(seen.metadata["age_seconds"] == "\(age / 1000)")
        #expect(seen.reason != nil)
        #expect(seen.metadata["last_status"] == "healthy")
    }

    @Test func `error rate and uptime are those of the last hundred checks`() {
        var tally = CheckTally()
        let start = Timestamp(milliseconds: 1_700_000_000_000)
        func result(_ success: Bool) -> HealthCheckResult { HealthCheckResult(success: success, latency: .milliseconds(1)) }
        var last = tally.add(result(true), of: "a", at: start)
        #expect(last.details.errorRate == 0)
        last = tally.add(result(false), of: "a", at: start + .seconds(10))
        #expect(last.details.errorRate == 0.5)
        #expect(last.details.uptime == .zero)
        for second in 0..<100 { last = tally.add(result(true), of: "a", at: start + .seconds(20 + second)) }
        #expect(last.details.errorRate == 0)
        #expect(last.details.uptime == .seconds(99))
        // Another process goes on where this one stopped.
        var next = CheckTally(outcomes: [true, false, true], last: last)
        let after = next.add(result(true), of: "a", at: start + .seconds(130))
        #expect(after.details.errorRate == 0.25)
        #expect(after.details.uptime == .seconds(110))
    }

    @Test func `a status reads back as it was written, with fields of newer writers passed by`() throws {
        let health = ServiceHealth(
            service: "trading-api", status: .degraded, latency: .milliseconds(700), lastCheck: Timestamp(milliseconds: 1_700_000_000_123),
            details: .init(uptime: .seconds(90), requestsPerMinute: 12.5, errorRate: 0.25, memoryUsageMB: 512), reason: "slow \"today\"",
            metadata: ["version": "1"])
        #expect(ServiceHealth(stored: JSONWriter.bytes(health.jsonValue), service: "trading-api") == health)
        let newer = #"{"status":"healthy","last_check":"2025-01-15T10:30:00Z","details":7,"latency_ms":"x","new":[1]}"#
        #expect(ServiceHealth(stored: Array(newer.utf8), service: "a")?.status == .healthy)
        for damaged in ["", "[]", "{}", #"{"status":"fine","last_check":"2025-01-15T10:30:00Z"}"#, "{\"status\":\"healthy\"}"] {
            #expect(ServiceHealth(stored: Array(damaged.utf8), service: "a") == nil)
        }
    }

    @Test func `reasons of custom checks are short, on one line, and without secrets`() {
        let line = ReasonText.line("first\nsecond postgres://u:pw@h/d " + String(repeating: "x", count: 500))
        #expect(line.count == ReasonText.maximumLength)
        #expect(!line.contains("\n"))
        #expect(!line.contains("pw"))
    }

    @Test func `each service is due at its own interval, and what was missed is not made up for`() {
        var schedule = CheckSchedule()
        let start = ContinuousClock.now
        let services: [OperationName: Duration] = ["a": .seconds(10), "b": .seconds(3)]
        #expect(schedule.take(services, at: start).due == ["a", "b"])
        #expect(schedule.take(services, at: start + .seconds(1)).due == [])
        let third = schedule.take(services, at: start + .seconds(3))
        #expect(third.due == ["b"])
        #expect(third.next == start + .seconds(6))
        #expect(schedule.take(services, at: start + .seconds(60)).due == ["a", "b"])
        #expect(schedule.take(services, at: start + .seconds(61)).due == [])
        // An interval that became shorter counts at once, and a new service is due at once.
        #expect(schedule.take(["a": .seconds(1), "c": .seconds(5)], at: start + .seconds(61)).due == ["c"])
        #expect(schedule.take(["a": .seconds(1), "c": .seconds(5)], at: start + .seconds(62)).due == ["a"])
    }
}
