/// A place in the journal of a writer.
struct JournalPosition: Sendable, Hashable {
    /// `2025-01-15`, by UTC.
    var day: String
    /// Bytes before the place.
    var offset: Int64
}
