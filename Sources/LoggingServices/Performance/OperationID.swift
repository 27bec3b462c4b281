/// Names one running operation of one ``PerformanceLogger``, from its start to its end.
public struct OperationID: Sendable, Hashable {
    let number: UInt64
}

extension OperationID: CustomStringConvertible {
    /// A text for logs.
    public var description: String { "op-" + String(number, radix: 36) }
}
