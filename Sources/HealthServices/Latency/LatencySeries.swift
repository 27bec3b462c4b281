public import CacheServices

/// What samples are told apart by: the service that did something, and what it did.
public struct LatencySeries: Sendable, Hashable {
    /// What a process' samples are kept under once it has used up its series.
    public static let other = LatencySeries(service: "_other", operation: "_other")

    public let service: OperationName
    public let operation: OperationName

    public init(service: OperationName, operation: OperationName) {
        self.service = service
        self.operation = operation
    }
}

extension LatencySeries: Comparable {
    /// By service, then by operation, alphabetically by ASCII.
    public static func < (left: LatencySeries, right: LatencySeries) -> Bool {
        (left.service, left.operation) < (right.service, right.operation)
    }
}
