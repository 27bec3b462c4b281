import CacheServices
import Testing

@testable import usdcop

@Suite("The strategy")
struct StrategyTests {
    @Test(
        "buys low when the fall loses force, and sells in the mirrored case",
        arguments: [
            (34.9, -1, -2, .buy), (0, 2, 1, .buy), (34.9, 1, -1, .buy),
            (34.9, -2, -1, .hold), (34.9, -1, -1, .hold), (35, -1, -2, .hold), (50, 3, 1, .hold), (50, 1, 3, .hold),
            (65, 1, 2, .hold), (65.1, 2, 1, .hold), (65.1, 1, 1, .hold),
            (65.1, 1, 2, .sell), (100, -2, -1, .sell), (65.1, -1, 1, .sell),
        ] as [(Double, Double, Double, SignalAction)])
    func rule(rsi: Double, histogram: Double, previous: Double, action: SignalAction) {
        let decision = Strategy.judge(rsi: rsi, histogram: histogram, previousHistogram: previous)
        #expect(decision.action == action)
        #expect((0...1).contains(decision.confidence))
        let mirrored = Strategy.judge(rsi: 100 - rsi, histogram: -histogram, previousHistogram: -previous)
        #expect(mirrored.action == (action == .buy ? .sell : action == .sell ? .buy : .hold))
    }

    @Test(
        "is the more confident the clearer the case is",
        arguments: [
            (35.0.nextDown, -1.0, -1.0.nextUp, 0.5), (17.5, -1, -3, 0.75), (0, 1, -1, 1),
            (65.0.nextUp, 1, 1.0.nextUp, 0.5), (82.5, 1, 3, 0.75), (100, -1, 1, 1),
            (50, 0, 0, 1), (50, 1, 1, 1), (50, 1, -1, 0.5), (0, -2, -1, (0 + 2.0 / 3) / 2), (100, 1, 1, 0.5),
        ] as [(Double, Double, Double, Double)])
    func confidence(rsi: Double, histogram: Double, previous: Double, expected: Double) {
        let decision = Strategy.judge(rsi: rsi, histogram: histogram, previousHistogram: previous)
        #expect(abs(decision.confidence - expected) < 1e-9)
    }

    @Test("holds with confidence 0 until its indicators exist")
    func warmUp() {
        var strategy = Strategy()
        let decisions = IndicatorTests.closes.map { strategy.decide(on: $0) }
        #expect(decisions.prefix(34).allSatisfy { $0.action == .hold && $0.confidence == 0 })
        #expect(decisions.dropFirst(34).allSatisfy { $0.confidence > 0 })
    }

    @Test("gives each feature as soon as there are enough prices for it")
    func features() {
        var strategy = Strategy()
        let decisions = IndicatorTests.closes.map { strategy.decide(on: $0) }
        #expect(decisions[0].features == ["close": 4008.70])
        #expect(Set(decisions[1].features.keys) == ["close", "change_percent"])
        #expect(Set(decisions[14].features.keys) == ["close", "change_percent", "rsi"])
        let last = decisions[39].features
        #expect(Set(last.keys) == ["close", "change_percent", "rsi", "macd", "macd_signal", "macd_histogram"])
        #expect(last["change_percent"].map { abs($0 - (4055.40 - 4030.91) / 4030.91 * 100) < 1e-9 } == true)
    }

    @Test("decides the same on the same prices")
    func deterministic() {
        var (one, two) = (Strategy(), Strategy())
        #expect(Self.wave.map { one.decide(on: $0) } == Self.wave.map { two.decide(on: $0) })
    }

    @Test("buys after a long fall that slows down and sells after a long rise that slows down")
    func wholeCycle() {
        var strategy = Strategy()
        let actions = Self.wave.map { strategy.decide(on: $0).action }
        // The wave falls from 50 to 150 and rises from 150 to 250; it is steepest in the middle.
        #expect(actions[100..<150].contains(.buy))
        #expect(!actions[100..<150].contains(.sell))
        #expect(actions[200..<250].contains(.sell))
        #expect(!actions[200..<250].contains(.buy))
    }

    @Test("stays within its bounds on any prices of the range")
    func bounds() {
        var strategy = Strategy()
        let prices = [PriceText.range.lowerBound, PriceText.range.upperBound, 4000, 1, 1, 1e12, 1e-9, 5e11]
        for index in 0..<400 {
            let decision = strategy.decide(on: prices[index * index % prices.count])
            #expect((0...1).contains(decision.confidence))
            #expect(decision.features.values.allSatisfy { $0.isFinite })
        }
    }

    /// A period of 200 prices between 3,800 and 4,200, in parabolas: highest at 50, lowest at 150.
    static let wave: [Double] = (0..<300).map { index in
        let phase = Double(index % 100) / 50 - 1
        let arch = 200 * (1 - phase * phase)
        return (index / 100).isMultiple(of: 2) ? 4000 + arch : 4000 - arch
    }
}
