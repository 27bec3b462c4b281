/// Bounds on one reply. A server that breaks one is disconnected before memory is spent on it.
public struct ReplyLimits: Sendable, Hashable {
    /// Elements of one reply, all levels together.
    public var maximumElements: Int
    /// Levels of arrays in arrays; hiredis 0.14.1 itself refuses more than 7.
    public var maximumDepth: Int
    /// Bytes of one reply on the wire.
    public var maximumBytes: Int

    public init(maximumElements: Int = 1 << 20, maximumDepth: Int = 7, maximumBytes: Int = 64 << 20) {
        self.maximumElements = maximumElements
        self.maximumDepth = maximumDepth
        self.maximumBytes = maximumBytes
    }
}
