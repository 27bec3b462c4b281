/// What one step of the market comes to at the desk.
struct DeskStep: Equatable, Sendable {
    let quote: MarketQuote

    /// One for each instrument, in their order.
    let books: [Book.Step]

    let figures: DeskFigures

    /// Limits that were crossed in this step.
    let alerts: [RiskWatch.Finding]

    /// How long the models are said to have taken, in milliseconds.
    let modelLatencyMS: Double

    /// The number of the step.
    var number: Int { quote.moment.step }
}
