import CacheServices

/// Which names of this process have a series of their own: the first so many, so that names that carry an identifier cannot fill Redis
/// with streams, or a table with rows. All others share one.
package struct SeriesBook<Name: Hashable & Sendable>: Sendable {
    private let limit: Int
    /// The series of those that came too late.
    private let other: Name
    private var names: Set<Name> = []

    package init(limit: Int, other: Name) {
        self.limit = max(0, limit)
        self.other = other
    }

    /// The series of a name; asking again gives the same answer.
    package mutating func series(of name: Name) -> Name {
        if names.contains(name) || name == other { return name }
        guard names.count < limit else { return other }
        names.insert(name)
        return name
    }
}
