import Testing

@testable import LoggingServices

@Suite struct SortedDurationsTests {
    @Test(arguments: [0, 1, 2, 255, 256, 257, 1000, 10_000])
    func `it sorts as comparing does`(count: Int) {
        var random = SystemRandomNumberGenerator()
        let shapes: [[Double]] = [
            (0..<count).map { _ in .random(in: 0...1e9, using: &random) },
            (0..<count).map { _ in Double.random(in: 0...20, using: &random).rounded() },
            (0..<count).map { _ in .random(in: -1e9...1e9, using: &random) },
            (0..<count).map { Double($0 % 3) * .leastNonzeroMagnitude }, (0..<count).map { _ in 5 },
            (0..<count).map { Double($0) }, (0..<count).map { Double(-$0) * .pi },
        ]
        for durations in shapes { #expect(SortedDurations.sort(durations) == durations.sorted()) }
    }
}
