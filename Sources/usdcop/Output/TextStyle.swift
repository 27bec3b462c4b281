import CacheServices

/// Whether texts carry colours.
enum TextStyle: Sendable {
    case plain
    case coloured

    /// What a piece of text means, by the colour that shows it.
    enum Tone: String, Sendable {
        case normal = ""
        case heading = "1"
        case faint = "2"
        case good = "32"
        case bad = "31"
        case caution = "33"
        case signal = "36"
    }

    /// The text in its tone.
    func apply(_ tone: Tone, to text: String) -> String {
        self == .plain || tone == .normal ? text : "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
    }
}

extension TextStyle.Tone {
    /// The colour of an advice.
    init(_ action: SignalAction) {
        self =
            switch action {
            case .buy: .good
            case .sell: .bad
            case .hold: .caution
            }
    }

    /// The colour of a gain or a loss.
    init(gain: Double) {
        self = gain > 0 ? .good : gain < 0 ? .bad : .normal
    }
}
