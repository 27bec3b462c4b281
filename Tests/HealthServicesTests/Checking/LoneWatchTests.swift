import CacheServices
import Testing

@testable import HealthServices

@Suite("What one process sees while it has lost sight of the others")
struct LoneWatchTests {
    private let start = Timestamp.sample

    /// What was told of checks, each a second after the one before: `h`, `d` or `u`.
    private func told(
        _ watch: inout LoneWatch, _ checks: String, of service: OperationName = "api", after count: Int = 2, from second: Int = 0
    ) throws -> [LoneChange] {
        try checks.enumerated().compactMap { place, letter in
            let status = try #require(ServiceStatus.allCases.first { $0.rawValue.first == letter })
            let at = start + .seconds(second + place)
            return watch.take(
                ServiceHealth(service: service, status: status, latency: .zero, lastCheck: at), lastingFor: count
            ).lasting
        }
    }

    private func known(_ stored: String) throws -> [OperationName: SharedCourse] {
        ["api": try #require(SharedCourse(stored: stored))]
    }

    @Test(
        arguments: [
            ("hhh", "unknown", ""), ("uu", "unknown", "unknown>unhealthy"), ("uu", "healthy", "healthy>unhealthy"),
            ("uuuu", "unhealthy", ""), ("u", "healthy", ""), ("uhuhu", "healthy", ""), ("uuh", "healthy", "healthy>unhealthy"),
            ("uuhh", "healthy", "healthy>unhealthy unhealthy>healthy"), ("hh", "unhealthy", "unhealthy>healthy"),
            ("ddu", "healthy", "healthy>degraded"), ("dduu", "healthy", "healthy>degraded degraded>unhealthy"),
        ])
    func `a change is told when it has lasted, from what all knew before`(checks: String, before: String, changes: String) throws {
        var watch = LoneWatch(run: "r")
        watch.learn(try known("\(before) healthy 5 2025-01-15T10:00:00.000Z 17 9 healthy 3 - -"))
        watch.begin()
        let told = try self.told(&watch, checks)
        #expect(told.map { "\($0.alert.jsonValue["from"]?.text ?? "")>\($0.to)" }.joined(separator: " ") == changes)
        #expect(told.map(\.step) == Array(4..<(4 + told.count)))
    }

    @Test func `all that lost the same Redis tell the same change under the same identity`() throws {
        let stored = "healthy healthy 5 2025-01-15T10:00:00.000Z 1736937000000001 9 healthy 3 2025-01-15T09:00:00.000Z api:1:2"
        // The one saw the last check, the other did not; one looks more often than the other.
        var (one, two) = (LoneWatch(run: "a"), LoneWatch(run: "b"))
        one.learn(try known(stored))
        two.learn(try known(stored.replacing(" 5 ", with: " 4 ").replacing(" 9 ", with: " 8 ")))
        one.begin()
        two.begin()
        let (first, second) = (try told(&one, "uuuhhuu"), try told(&two, "huuhhhhuuuu"))
        #expect(first.map(\.alert.id) == second.map(\.alert.id))
        #expect(
            first.map(\.alert.id) == [
                "api:1736937000000001:away:4:unhealthy", "api:1736937000000001:away:5:healthy", "api:1736937000000001:away:6:unhealthy",
            ])
        #expect(Set(first.map(\.alert.id)).count == 3)
    }

    @Test func `the next outage gives other identities, whether or not this one was shared`() throws {
        var watch = LoneWatch(run: "r")
        watch.learn(try known("healthy healthy 5 2025-01-15T10:00:00.000Z 17 9 healthy 3 - -"))
        watch.begin()
        let first = try told(&watch, "uu")
        // Shared: the number of changes has grown.
        var later = watch
        later.learn(try known("healthy healthy 5 2025-01-15T10:00:00.000Z 17 19 healthy 5 2025-01-15T10:00:00.000Z -"))
        later.begin()
        let afterSharing = try told(&later, "uu").map(\.alert.id)
        #expect(afterSharing == ["api:17:away:6:unhealthy"])
        // Not shared yet when Redis went away again: what was told stays told.
        watch.begin(after: first)
        let again = try told(&watch, "uuuu").map(\.alert.id)
        #expect(again == [])
        let recovery = try told(&watch, "hh").map(\.alert.id)
        #expect(recovery == ["api:17:away:5:healthy"])
        // Lost: another leader came meanwhile.
        watch.learn(try known("healthy healthy 5 2025-01-15T10:00:00.000Z 18 2 healthy 3 - -"))
        watch.begin()
        let afterLoss = try told(&watch, "uu").map(\.alert.id)
        #expect(afterLoss == ["api:18:away:4:unhealthy"])
    }

    @Test func `a process that never saw Redis has a word of its own in the identity`() throws {
        var (one, two) = (LoneWatch(), LoneWatch())
        one.begin()
        two.begin()
        let (first, second) = (try told(&one, "uu", of: "redis"), try told(&two, "uu", of: "redis"))
        #expect(first.count == 1 && second.count == 1)
        #expect(first.map(\.alert.id) != second.map(\.alert.id))
        #expect(first[0].alert.id.hasPrefix("redis:") && first[0].alert.id.hasSuffix(":away:1:unhealthy"))
    }

    @Test func `a change that all know since a moment ago is not told again`() throws {
        var watch = LoneWatch(run: "r")
        watch.learn(try known("healthy healthy 5 2025-01-15T10:00:00.000Z 17 9 healthy 3 - -"))
        watch.learn("api", is: .unhealthy, fence: 17, hasLasted: true)
        watch.begin()
        let news = try told(&watch, "uuu").map(\.alert.id)
        #expect(news == [])
        let recovery = try told(&watch, "hh").map(\.alert.id)
        #expect(recovery == ["api:17:away:5:healthy"])
    }

    @Test func `the alert is whole, says when it began and who saw it`() throws {
        var watch = LoneWatch(run: "r")
        watch.begin()
        let told = try self.told(&watch, "huuuu", of: "risk engine:a/b", after: 3)
        let change = try #require(told.first)
        #expect(change.at == start + .seconds(1))
        let stored = try Alert(stored: change.alert.json)
        #expect(stored.id == change.alert.id && stored.at == change.at && stored.message == change.alert.message)
        #expect(stored.subject == .service("risk engine:a/b", from: "unknown", to: "unhealthy"))
        #expect(stored.jsonValue["source"] == "this_process")
        #expect(stored.jsonValue["seen_by"]?.text?.contains("process ") == true)
    }

    @Test(arguments: [
        "", "healthy", "healthy healthy 5 t 17 9 healthy x - -", "healthy healthy 5 t -1 9 healthy 1 - -", "a b c d e f g h i j",
        "healthy healthy 5 t 9223372036854775807 9 healthy 1 - -", "healthy healthy 5 t 17 9 healthy 9223372036854775807 - -",
    ])
    func `what is of another make says nothing`(stored: String) {
        #expect(SharedCourse(stored: stored) == nil)
    }

    @Test func `the check before is that of all, and then its own`() throws {
        var watch = LoneWatch(run: "r")
        watch.learn(try known("healthy degraded 1 2025-01-15T10:00:00.000Z 17 9 healthy 3 - -"))
        watch.begin()
        let checks: [ServiceStatus] = [.degraded, .unhealthy, .healthy]
        let before = checks.map {
            watch.take(ServiceHealth(service: "api", status: $0, latency: .zero, lastCheck: start), lastingFor: 2).before
        }
        #expect(before == [.degraded, .degraded, .unhealthy])
        let first = watch.take(ServiceHealth(service: "new", status: .healthy, latency: .zero, lastCheck: start), lastingFor: 2)
        #expect(first.before == nil)
    }
}
