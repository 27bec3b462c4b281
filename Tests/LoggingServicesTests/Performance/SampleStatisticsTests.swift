import Testing

@testable import LoggingServices

@Suite struct SampleStatisticsTests {
    @Test func `without samples there is nothing to state`() {
        #expect(SampleStatistics([], successes: 0) == nil)
    }

    @Test func `one sample is every figure`() throws {
        let statistics = try #require(SampleStatistics([4.5], successes: 1))
        #expect(statistics.count == 1 && statistics.totalMS == 4.5 && statistics.averageMS == 4.5)
        #expect(statistics.minimumMS == 4.5 && statistics.maximumMS == 4.5)
        #expect(statistics.p50MS == 4.5 && statistics.p95MS == 4.5 && statistics.p99MS == 4.5)
        #expect(statistics.successRate == 1)
    }

    @Test(arguments: [
        (1, 0, 0, 0), (2, 0, 1, 1), (3, 1, 2, 2), (20, 9, 18, 19), (21, 10, 19, 20), (100, 49, 94, 98), (1000, 499, 949, 989),
    ])
    func `percentiles are nearest ranks`(count: Int, p50: Int, p95: Int, p99: Int) {
        #expect(SampleStatistics.rank(50, of: count) == p50)
        #expect(SampleStatistics.rank(95, of: count) == p95)
        #expect(SampleStatistics.rank(99, of: count) == p99)
    }

    @Test func `a rank is the first with enough samples at or below it, whatever the numbers`() {
        for count in 1...250 {
            for percent in 1...100 {
                // By definition, in whole numbers: the smallest k with k / count ≥ percent / 100.
                var k = 1
                while k * 100 < percent * count { k += 1 }
                #expect(SampleStatistics.rank(percent, of: count) == k - 1, "\(percent) % of \(count)")
            }
        }
        #expect(SampleStatistics.rank(99, of: .max) < .max)
        #expect(SampleStatistics.rank(0, of: 5) == 0)
        #expect(SampleStatistics.rank(1000, of: 5) == 4)
    }

    @Test func `small samples beside a large one count`() {
        #expect(SampleStatistics.sum([1e16] + Array(repeating: 1, count: 1000)) == 1e16 + 1000)
        let tenths = Array(repeating: 0.1, count: 1_000_000)
        #expect(SampleStatistics.sum(tenths) == 100_000)
    }

    @Test func `random samples give what counting gives`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let samples = (0..<Int.random(in: 1...400, using: &generator)).map { _ in Double(Int.random(in: 0...5000)) / 8 }
            let successes = Int.random(in: 0...samples.count)
            let statistics = try #require(SampleStatistics(samples, successes: successes))
            #expect(statistics.totalMS == samples.reduce(0, +))
            #expect(statistics.averageMS == samples.reduce(0, +) / Double(samples.count))
            #expect(statistics.successRate == Double(successes) / Double(samples.count))
            for (percent, value) in [(50, statistics.p50MS), (95, statistics.p95MS), (99, statistics.p99MS)] {
                #expect(samples.contains(value))
                #expect(samples.count { $0 <= value } * 100 >= percent * samples.count)
                #expect(samples.count { $0 < value } * 100 < percent * samples.count)
            }
        }
    }
}
