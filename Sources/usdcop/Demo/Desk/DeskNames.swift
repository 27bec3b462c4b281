/// What signals, executions and positions of the demo are called: the same seed gives the same names.
struct DeskNames: Sendable {
    /// What the names of all demos begin with.
    static let prefix = "demo-"

    let seed: UInt64

    func signal(_ step: Int, _ instrument: Instrument) -> String { name("signal", step, instrument) }
    func execution(_ step: Int, _ instrument: Instrument) -> String { name("execution", step, instrument) }
    func position(_ holding: Book.Holding, _ instrument: Instrument) -> String { name("position", holding.openedAt, instrument) }

    private func name(_ kind: String, _ step: Int, _ instrument: Instrument) -> String {
        "\(Self.prefix)\(seed)-\(kind)-\(instrument.symbol)-\(step)"
    }
}
