/// One thing that the service can be told: its variable, its flag, its default, what is allowed, and how a text becomes a setting.
public struct ConfigurationVariable: Sendable {
    /// The name in the environment, and the key in a configuration file.
    public let name: String
    /// The flag without its dashes; `nil` where a command line, which others can read, is no place for the value.
    public let flag: String?
    /// The default as it would be written; `nil` for none.
    public let defaultText: String?
    /// What is allowed, as the rest of a sentence: `must be …`.
    public let allowed: String
    /// What it is for, in one sentence without a full stop.
    public let sentence: String
    /// Whether an empty text says something in the environment or a file; else it counts as not set.
    let takesEmpty: Bool
    /// Takes a text into the draft; throws what is wrong with it.
    let take: @Sendable (String, inout SettingsDraft) throws(Fault) -> Void

    /// What is wrong with one text, said without the text.
    struct Fault: Error {
        let problem: String
    }

    init(
        _ name: String, flag: String?, default defaultText: String?, allowed: String, takesEmpty: Bool = false, _ sentence: String,
        take: @escaping @Sendable (String, inout SettingsDraft) throws(Fault) -> Void
    ) {
        self.name = name
        self.flag = flag
        self.defaultText = defaultText
        self.allowed = allowed
        self.sentence = sentence
        self.takesEmpty = takesEmpty
        self.take = take
    }

    /// The variable's line in a help text: what it is for, its name and its default.
    public var help: String {
        "\(sentence) (\(name), default \(defaultText ?? "none"))."
    }
}
