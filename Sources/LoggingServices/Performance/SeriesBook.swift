import CacheServices

/// Which operations of this process have a series of their own: the first so many, so that names that carry an identifier cannot fill
/// Redis with streams. All others share one.
struct SeriesBook: Sendable {
    /// The series of those that came too late.
    static let other: OperationName = "_other"

    let limit: Int
    private(set) var names: Set<OperationName> = []

    init(limit: Int) {
        self.limit = max(0, limit)
    }

    /// The series of an operation; asking again gives the same answer.
    mutating func series(of operation: OperationName) -> OperationName {
        if names.contains(operation) || operation == Self.other { return operation }
        guard names.count < limit else { return Self.other }
        names.insert(operation)
        return operation
    }
}
