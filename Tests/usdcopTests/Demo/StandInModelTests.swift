import CacheServices
import TestTurns
import Testing

@testable import usdcop

@Suite("The stand-ins", .takesTurns)
struct StandInModelTests {
    private static let plan = OutagePlan(seed: 21)

    private func replies(_ profile: StandInProfile, _ path: String, at time: Duration) -> [StandInModel.Reply] {
        var random = Xoshiro256(seed: 1, for: "replies")
        let model = StandInModel(profile: profile, plan: Self.plan)
        return (0..<400).map { _ in model.reply(to: path, at: time, random: &random) }
    }

    private func outage(_ kind: Outage.Kind) throws -> (StandInProfile, Duration) {
        let outage = try #require(Self.plan.outages.first { $0.kind == kind })
        let profile = try #require(StandInProfile.all.first { $0.name == outage.service })
        return (profile, outage.start + .seconds(1))
    }

    @Test(arguments: StandInProfile.all.map(\.name))
    func `a health check is answered quickly, with figures that a service has`(name: OperationName) throws {
        let profile = try #require(StandInProfile.all.first { $0.name == name })
        var delays: [Duration] = []
        for reply in replies(profile, "/health", at: .seconds(1)) {
            guard case .answer(200, let body, let delay) = reply else {
                Issue.record("\(reply)")
                return
            }
            delays.append(delay)
            let value = try JSONParser.parse(Array(body.utf8))
            #expect(value["version"]?.text == profile.version)
            #expect((1...10_000).contains(try #require(value["requests_per_minute"]?.double)))
            #expect((100...4000).contains(try #require(value["memory_usage_mb"]?.double)))
        }
        let median = delays.sorted()[200] / .milliseconds(1)
        #expect(abs(median - profile.health.median) < profile.health.median / 5)
        #expect(try #require(delays.max()) < .milliseconds(400))
    }

    @Test func `what a service does takes longer than its health check`() throws {
        for profile in StandInProfile.all where profile.name != "websocket" && profile.name != "trading-api" {
            for operation in profile.operations where operation.name != "ingest" { #expect(operation.median > profile.health.median) }
        }
        #expect(replies(.tradingAPI, "/nothing", at: .zero).allSatisfy { if case .answer(404, _, _) = $0 { true } else { false } })
    }

    @Test func `a failing service says so, a slow one is late, a silent one says nothing`() throws {
        let (failing, first) = try outage(.failing)
        #expect(replies(failing, "/health", at: first).allSatisfy { if case .answer(503, _, _) = $0 { true } else { false } })
        let (slow, second) = try outage(.slow)
        for reply in replies(slow, "/health", at: second) {
            guard case .answer(200, _, let delay) = reply else {
                Issue.record("\(reply)")
                return
            }
            #expect(delay > .milliseconds(500) && delay < .milliseconds(1500))
        }
        let (silent, third) = try outage(.silent)
        #expect(replies(silent, "/health", at: third).allSatisfy { $0 == .nothing })
    }
}
