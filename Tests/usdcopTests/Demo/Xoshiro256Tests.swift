import Foundation
import Testing

@testable import usdcop

@Suite("The random numbers of the demo")
struct Xoshiro256Tests {
    @Test func `xoshiro256 gives the numbers of its reference implementation`() {
        var random = Xoshiro256(state: (1, 2, 3, 4))
        let expected: [UInt64] = [
            11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
            16_172_922_978_634_559_625, 8_476_171_486_693_032_832, 10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
        ]
        #expect(expected.indices.map { _ in random.next() } == expected)
    }

    @Test func `SplitMix64 gives the numbers of its reference implementation`() {
        var random = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
        #expect(expected.indices.map { _ in random.next() } == expected)
    }

    @Test func `every purpose of a seed has a sequence of its own`() {
        func first(_ seed: UInt64, _ purpose: String) -> UInt64 {
            var random = Xoshiro256(seed: seed, for: purpose)
            return random.next()
        }
        #expect(first(1, "market") == first(1, "market"))
        #expect(Set([first(1, "market"), first(1, "orders"), first(2, "market"), first(2, "orders"), first(1, "")]).count == 5)
    }

    /// Count, mean and variance of draws.
    private func moments(_ draw: (inout Xoshiro256) -> Double) -> (mean: Double, variance: Double, values: [Double]) {
        var random = Xoshiro256(seed: 5, for: "moments")
        let values = (0..<40_000).map { _ in draw(&random) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
        return (mean, variance, values)
    }

    @Test func `uniform draws fill their range evenly`() {
        let draws = moments { $0.uniform(-1...3) }
        #expect(draws.values.allSatisfy { (-1..<3).contains($0) })
        #expect(abs(draws.mean - 1) < 0.03 && abs(draws.variance - 16.0 / 12) < 0.03)
    }

    @Test func `normal and Student-t draws have mean 0 and variance 1`() {
        let (normal, student) = (moments { $0.normal() }, moments { $0.studentT(5) })
        #expect(abs(normal.mean) < 0.02 && abs(normal.variance - 1) < 0.03)
        #expect(abs(student.mean) < 0.02 && abs(student.variance - 1) < 0.1)
        // The tails are what tells them apart.
        #expect(normal.values.count { abs($0) > 4 } < 10)
        #expect(student.values.count { abs($0) > 4 } > 50)
    }

    @Test func `log-normal draws have their median, exponential ones their mean`() {
        let latencies = moments { $0.logNormal(median: 48, sigma: 0.45) }
        #expect(latencies.values.allSatisfy { $0 > 0 })
        #expect(abs(latencies.values.sorted()[20_000] - 48) < 1)
        let pauses = moments { $0.exponential(mean: 2) }
        #expect(pauses.values.allSatisfy { $0 >= 0 } && abs(pauses.mean - 2) < 0.05)
        #expect(moments { $0.chance(0.03) ? 1 : 0 }.mean < 0.035)
    }
}
