/// Which format is asked for (`LOG_FORMAT`).
public enum LogFormat: String, Sendable, CaseIterable {
    /// Pretty on a terminal, JSON elsewhere.
    case auto
    case pretty
    case json

    /// What it means for a stream.
    ///
    /// - Parameters:
    ///   - isTerminal: whether people watch the stream.
    ///   - environment: `NO_COLOR`, when it is not empty, and `TERM=dumb` keep a terminal free of colours.
    public func lineFormat(isTerminal: Bool, environment: [String: String]) -> LineFormat {
        guard self == .pretty || (self == .auto && isTerminal) else { return .json }
        let mayColour = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        return .pretty(coloured: isTerminal && mayColour)
    }
}
