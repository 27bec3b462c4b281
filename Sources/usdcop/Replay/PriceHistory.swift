/// What a price file says: its prices in the order of time, and what in it could not be used.
struct PriceHistory: Sendable {
    /// A row that was passed over.
    struct BadRow: Equatable, Sendable {
        /// The number of the line on which the row starts, from 1.
        let line: Int

        let reason: Reason
    }

    /// Why a row was passed over.
    enum Reason: Error, Equatable, Sendable {
        case unreadable(CSVRowError)
        case fieldCount(expected: Int, found: Int)
        case time(DateTextError)
        case price(PriceTextError)
        /// The price can be read in two ways, and the file writes decimals after commas and after points.
        case ambiguousPrice
    }

    /// The number of bad rows that are listed; the rest is only counted.
    static let badRowListLimit = 1000

    /// The prices, earliest first, one for each time.
    let points: [PricePoint]

    /// The number of rows below the header, good and bad.
    let rowCount: Int

    /// The rows that were passed over, in the order of the file: at most ``badRowListLimit``.
    let badRows: [BadRow]

    /// The number of rows that were passed over.
    let badRowCount: Int

    /// The number of rows that gave way to a later row of the file with the same time.
    let duplicateCount: Int
}

extension PriceHistory.Reason: CustomStringConvertible {
    var description: String {
        switch self {
        case .unreadable(let error): error.description
        case .fieldCount(let expected, let found): "\(found) fields where the header has \(expected)"
        case .time(let error): error.description
        case .price(let error): error.description
        case .ambiguousPrice: "price can be read in two ways: the file has decimal commas and decimal points"
        }
    }
}
