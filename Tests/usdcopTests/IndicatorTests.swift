import Testing

@testable import usdcop

/// The expected values were computed from the closed forms of the recursions, as weighted sums over all prices.
///
/// Wilder's average after m ≥ 14 changes c: (13/14)^(m−14) · mean(c₁…c₁₄) + Σ_{k=15…m} 1/14 · (13/14)^(m−k) · c_k, and
/// RSI = 100 − 100 / (1 + gain/loss). An EMA of period p after m ≥ p values v, with a = 2/(p+1):
/// (1−a)^(m−p) · mean(v₁…v_p) + Σ_{k=p+1…m} a · (1−a)^(m−k) · v_k.
@Suite("Indicators")
struct IndicatorTests {
    static let closes = [
        4008.70, 4034.18, 4025.51, 4036.42, 4019.46, 4042.38, 4077.95, 4088.22, 4051.60, 4064.01,
        4100.75, 4119.37, 4098.10, 4080.26, 4126.94, 4156.08, 4179.65, 4172.00, 4148.72, 4133.05,
        4109.61, 4095.00, 4060.42, 4049.98, 4022.87, 4030.05, 4001.12, 3987.64, 3995.30, 3978.88,
        3961.15, 3970.42, 3948.09, 3935.55, 3952.78, 3980.10, 4012.66, 4005.07, 4030.91, 4055.40,
    ]

    /// RSI(14) from the 15th close on.
    static let rsi = [
        68.41974077766707, 71.23245801713384, 73.30363510325816, 71.5042146434761, 66.18017503074137, 62.79112037232682,
        58.00595921393866, 55.18314635280681, 49.093489349676375, 47.39304970285527, 43.20787201378519, 44.60315997660609,
        40.30624537082609, 38.44764107783261, 40.13690428937041, 37.7455317529486, 35.29986818375977, 37.57721912267203,
        34.433129195066485, 32.77467961104212, 37.24699798767477, 43.64854669005863, 50.17246261403257, 48.75546664435506,
        53.56380720031272, 57.622310560738725,
    ]

    /// Line, signal and histogram of MACD(12, 26, 9) from the 34th close on.
    static let macd = [
        (-35.646429080261896, -21.862197561143503, -13.784231519118393),
        (-36.31233210796836, -24.752224470508477, -11.560107637459883),
        (-34.240862034428574, -26.649951983292496, -7.590910051136078),
        (-29.630327224282155, -27.246027031490435, -2.38430019279172),
        (-26.28588739041561, -27.053999103275473, 0.7681117128598629),
        (-21.304734957722303, -25.904146274164837, 4.599411316442534),
        (-15.205715416921976, -23.764460102716267, 8.558744685794291),
    ]

    @Test("RSI(14) exists from the 15th price on and follows Wilder")
    func relativeStrength() {
        var indicator = RelativeStrengthIndex()
        let values = Self.closes.map { indicator.add($0) }
        #expect(values.prefix(14).allSatisfy { $0 == nil })
        let known = values.dropFirst(14).compactMap(\.self)
        #expect(known.count == Self.rsi.count)
        for (value, expected) in zip(known, Self.rsi) { #expect(abs(value - expected) < 1e-9) }
    }

    @Test("MACD(12, 26, 9) exists from the 34th price on")
    func convergenceDivergence() {
        var indicator = MovingAverageConvergenceDivergence()
        let values = Self.closes.map { indicator.add($0) }
        #expect(values.prefix(33).allSatisfy { $0 == nil })
        let known = values.dropFirst(33).compactMap(\.self)
        #expect(known.count == Self.macd.count)
        for (value, expected) in zip(known, Self.macd) {
            #expect(abs(value.line - expected.0) < 1e-9)
            #expect(abs(value.signal - expected.1) < 1e-9)
            #expect(abs(value.histogram - expected.2) < 1e-9)
        }
    }

    @Test(
        "RSI is 100 after gains only, 0 after losses only, 50 without a change",
        arguments: [(1.0, 100.0), (-1.0, 0.0), (0.0, 50.0)])
    func extremes(change: Double, expected: Double) {
        var indicator = RelativeStrengthIndex()
        let values = (0..<40).map { indicator.add(4000 + Double($0) * change) }
        #expect(values.last == expected)
    }

    @Test("stay finite at the ends of the price range")
    func bounds() {
        var rsi = RelativeStrengthIndex()
        var macd = MovingAverageConvergenceDivergence()
        for index in 0..<200 {
            let price = index.isMultiple(of: 2) ? PriceText.range.lowerBound : PriceText.range.upperBound
            let (strength, divergence) = (rsi.add(price), macd.add(price))
            #expect(strength.map { (0...100).contains($0) } ?? true)
            #expect(divergence?.histogram.isFinite ?? true)
        }
    }

    @Test("The exponential average of one value is that value")
    func shortestAverage() {
        var average = ExponentialMovingAverage(period: 0)
        #expect(average.add(3) == 3)
        #expect(average.add(5) == 5)
    }
}
