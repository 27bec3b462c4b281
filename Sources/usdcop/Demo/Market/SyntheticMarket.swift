import Foundation

/// A US dollar in Colombian pesos that never was: made of a seed, step by step, always the same for the same seed.
///
/// The logarithm of the price moves by Student-t innovations whose deviation is a product of
/// - a daily level, whose logarithm is an autoregression with a half-life of eight days (clustering over weeks),
/// - the regime (``MarketRegime``: clustering within the day), which in a trend also adds a drift of either sign,
/// - a U over the session: mornings and the last minutes move most;
/// beside the pressure of orders, which comes and goes within minutes, rare jumps, a night that has its share of the day's variance, and a
/// weak pull towards 4,000.
///
/// Calibrated on the official rate (TRM) of 2015 to 2025. The TRM is the mean of a session's deals, and so are the figures of the model,
/// over 40 seeds of ten years each: see `SyntheticMarketTests`.
struct SyntheticMarket: Sendable {
    enum Parameters {
        static let start = 4000.0
        /// Deviation of a day's change of the closing price.
        static let dailyDeviation = 0.0085
        /// The part of a day's variance that falls into the hours without a session.
        static let nightShare = 0.35
        static let freedom = 5.0
        /// Deviation of the logarithm of the daily level, and how much of it stays from day to day.
        static let levelDeviation = 0.36
        static let levelMemory = 0.917
        /// Pressure of orders, which moves the price for some minutes and then is gone: its deviation, in deviations of a minute, and how much of
        /// it stays from minute to minute.
        static let pressureDeviation = 1.0
        static let pressureMemory = 0.90
        /// Drift of a trend, in deviations of a step.
        static let drift = 0.06
        static let jumpsPerSession = 0.10
        static let jumpDeviation = 0.011
        /// The part of the distance to the start that is made good in a day.
        static let pull = 1.0 / 150
        /// No sequence is known to come near; nothing that follows has to cope with other prices.
        static let bounds = 2000.0...8000.0
    }

    private var random: Xoshiro256
    private var step: Int
    private var logPrice = log(Parameters.start)
    private var level = 0.0
    private var pressure = 0.0
    private var regime = MarketRegime.calm
    /// Where a trend goes: 1 or −1.
    private var direction = 1.0

    init(seed: UInt64) {
        random = Xoshiro256(seed: seed, for: "market")
        step = 0
    }

    /// The next step.
    mutating func next() -> MarketQuote {
        let moment = MarketMoment(step: step)
        step += 1
        if moment.beginsDay { beginDay() }
        var jump: Double?
        if moment.isOpen {
            changeRegime()
            let drift = regime == .trending ? Parameters.drift * direction : 0
            let deviation = minuteDeviation(moment)
            logPrice += deviation * (random.studentT(Parameters.freedom) + drift)
            pressure = Parameters.pressureMemory * pressure + Parameters.pressureDeviation * deviation * random.normal()
            if random.chance(Parameters.jumpsPerSession / Double(MarketMoment.minutesOfSession)) {
                let size = random.normal() * Parameters.jumpDeviation
                logPrice += size
                jump = size
            }
        } else {
            // A weekend's news in one step.
            pressure = 0
            let weight = moment.followsWeekend ? 2.0 : 1
            logPrice += hourDeviation * weight * random.studentT(Parameters.freedom)
        }
        logPrice = min(max(logPrice, log(Parameters.bounds.lowerBound)), log(Parameters.bounds.upperBound))
        return MarketQuote(
            moment: moment, regime: regime, price: (exp(logPrice + pressure) * 100).rounded() / 100, spread: spread(moment),
            volume: volume(moment),
            jump: jump)
    }

    private mutating func beginDay() {
        let memory = Parameters.levelMemory
        level = memory * level + (1 - memory * memory).squareRoot() * Parameters.levelDeviation * random.normal()
        logPrice += Parameters.pull * (log(Parameters.start) - logPrice)
    }

    private mutating func changeRegime() {
        guard random.chance(1 / regime.meanLength) else { return }
        var rest = random.uniform()
        for (next, chance) in regime.next {
            rest -= chance
            if rest < 0 {
                regime = next
                break
            }
        }
        direction = random.chance(0.5) ? 1 : -1
    }

    /// The deviation of this day's change.
    private var dayDeviation: Double {
        // exp(level − s²) has a mean square of 1.
        Parameters.dailyDeviation * exp(level - Parameters.levelDeviation * Parameters.levelDeviation)
    }

    private func minuteDeviation(_ moment: MarketMoment) -> Double {
        let minutes = Double(MarketMoment.minutesOfSession)
        let mean = dayDeviation * ((1 - Parameters.nightShare) / minutes / MarketRegime.meanSquare).squareRoot()
        return mean * regime.deviation * Self.shape(moment).squareRoot()
    }

    private var hourDeviation: Double {
        let hours = Double(MarketMoment.hoursBefore + MarketMoment.hoursAfter)
        return dayDeviation * (Parameters.nightShare / hours).squareRoot()
    }

    /// The U over the session; its mean is 1.
    private static func shape(_ moment: MarketMoment) -> Double {
        guard let progress = moment.sessionProgress else { return 1 }
        let distance = 2 * progress - 1
        return 0.7 + 0.9 * distance * distance
    }

    private mutating func spread(_ moment: MarketMoment) -> Double {
        let width = (moment.isOpen ? 0.8 : 3.5) * regime.deviation * exp(level / 2)
        return ((random.logNormal(median: width, sigma: 0.25) + 0.1) * 100).rounded() / 100
    }

    private mutating func volume(_ moment: MarketMoment) -> Double {
        guard moment.isOpen else { return 0 }
        // About 1.2 billion dollars in a session.
        let median = 3.4 * Self.shape(moment) * regime.deviation.squareRoot()
        return (random.logNormal(median: median, sigma: 0.5) * 100).rounded() / 100
    }
}
