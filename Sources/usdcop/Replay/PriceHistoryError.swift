/// Why a file is no price history at all.
enum PriceHistoryError: Error, Equatable, Sendable {
    /// The file has no row.
    case empty

    /// The header row cannot be read.
    case header(CSVRowError)

    /// The header row lacks the time or the price.
    case columns(PriceColumnsError)
}

extension PriceHistoryError: CustomStringConvertible {
    var description: String {
        switch self {
        case .empty: "the file has no header row"
        case .header(let error): "header row: \(error)"
        case .columns(let error): error.description
        }
    }
}
