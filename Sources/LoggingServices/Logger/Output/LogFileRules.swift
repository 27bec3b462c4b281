/// How long one log file grows, and which of the finished ones stay.
public struct LogFileRules: Sendable, Hashable {
    /// A record that would make the file longer begins a new one. A single longer record still goes into one file.
    public var maximumSize: Int
    /// Finished files that stay beside the current one.
    public var keptFiles: Int
    /// How long finished files stay, counted from their last record; nil for as long as their number allows.
    public var keptTime: Duration?

    /// 100 MB, and 14 finished files of whatever age.
    public init(maximumSize: Int = 100_000_000, keptFiles: Int = 14, keptTime: Duration? = nil) {
        self.maximumSize = maximumSize
        self.keptFiles = keptFiles
        self.keptTime = keptTime
    }
}
