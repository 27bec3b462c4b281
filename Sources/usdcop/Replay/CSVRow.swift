/// One row of a CSV text: where it starts, and its fields or why it has none.
struct CSVRow: Equatable, Sendable {
    /// The number of the line on which the row starts, from 1. A quoted field may carry it over further lines.
    let line: Int

    /// The fields with their quotes taken off, or the fault for which the row was given up.
    let fields: Result<[String], CSVRowError>
}
