public import CacheServices

/// An operation that started and has not ended.
public struct OpenOperation: Sendable, Hashable {
    /// What ends it.
    public let id: OperationID
    /// What is being done.
    public let operation: OperationName
    /// How long it has been open.
    public let age: Duration
}
