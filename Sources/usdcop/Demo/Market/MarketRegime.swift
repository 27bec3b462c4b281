/// How the market behaves for a while: a Markov chain that is left with the same chance at every step.
enum MarketRegime: String, CaseIterable, Sendable {
    case calm, trending, volatile

    /// The deviation of a step against the mean over all regimes.
    var deviation: Double {
        switch self {
        case .calm: 0.65
        case .trending: 0.95
        case .volatile: 1.75
        }
    }

    /// Steps of a session that it lasts on average.
    var meanLength: Double {
        switch self {
        case .calm: 110
        case .trending: 70
        case .volatile: 40
        }
    }

    /// What it changes to, and with which chance.
    var next: [(regime: MarketRegime, chance: Double)] {
        switch self {
        case .calm: [(.trending, 0.6), (.volatile, 0.4)]
        case .trending: [(.calm, 0.7), (.volatile, 0.3)]
        case .volatile: [(.calm, 0.65), (.trending, 0.35)]
        }
    }

    /// The mean of the squared deviations over time, by which the whole is scaled: 0.919.
    static let meanSquare = 0.918966
}
