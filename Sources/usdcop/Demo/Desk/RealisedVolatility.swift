/// An average of squared changes of the price from minute to minute that forgets, as a volatility in a year.
struct RealisedVolatility: Sendable {
    /// What stays of the average at each minute: a memory of about half an hour.
    private static let memory = 0.97

    private var mean: Double?
    private var previous: Double?
    private var count = 0

    /// Adds the price of a minute of the session.
    mutating func add(_ price: Double) {
        defer { previous = price }
        guard let previous else { return }
        let change = price / previous - 1
        count += 1
        mean = (mean ?? change * change) * Self.memory + change * change * (1 - Self.memory)
    }

    /// The change over night is none of a minute.
    mutating func pause() { previous = nil }

    /// As a fraction in a year of 252 days, if there are enough minutes.
    var value: Double? {
        guard let mean, count >= 20 else { return nil }
        let day = mean * Double(MarketMoment.minutesOfSession) / (1 - SyntheticMarket.Parameters.nightShare)
        return (day * DailyReturns.daysPerYear).squareRoot()
    }
}
