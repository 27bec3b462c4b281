import CacheServices
import TestTurns
import Testing

@testable import usdcop

@Suite("The outages of the stand-ins", .takesTurns)
struct OutagePlanTests {
    @Test(arguments: [0, 21, 77] as [UInt64])
    func `the first comes within the first minute, then one every few minutes, never two at once`(seed: UInt64) throws {
        let outages = OutagePlan(seed: seed).outages
        let first = try #require(outages.first)
        #expect(first.start >= .seconds(25) && first.end < .seconds(62) && first.kind == .failing)
        for (one, next) in zip(outages, outages.dropFirst()) {
            #expect(next.start - one.end >= .seconds(100) && next.start - one.end <= .seconds(240))
            #expect(one.service != next.service)
            #expect(one.length >= .seconds(20) && one.length <= .seconds(55))
        }
        #expect(Set(outages.map(\.service)) == Set(StandInProfile.all.map(\.name)))
        #expect(Set(outages.map(\.kind)) == Set(Outage.Kind.allCases))
    }

    @Test func `the same seed gives the same plan, another one another`() {
        #expect(OutagePlan(seed: 4).outages == OutagePlan(seed: 4).outages)
        #expect(OutagePlan(seed: 4).outages != OutagePlan(seed: 5).outages)
    }

    @Test func `what a service suffers from is found at any time, also after the plan has ended`() throws {
        let plan = OutagePlan(seed: 3)
        let end = try #require(plan.outages.last?.end)
        for second in stride(from: 0, to: 4000, by: 3) {
            let time = Duration.seconds(second)
            for profile in StandInProfile.all {
                let expected = plan.outages.first { $0.service == profile.name && $0.start <= time && time < $0.end }
                #expect(plan.outage(of: profile.name, at: time) == expected)
                #expect(plan.outage(of: profile.name, at: time + end) == expected)
            }
        }
        #expect(plan.outage(of: "trading-api", at: .seconds(-1)) == nil)
        #expect(plan.outage(of: "none", at: plan.outages[0].start) == nil)
        #expect(OutagePlan(seed: 1, services: []).outage(of: "none", at: .seconds(30)) == nil)
    }
}
