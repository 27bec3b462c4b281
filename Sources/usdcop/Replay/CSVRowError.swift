/// Why a row of a CSV text cannot be read. The rows after it still can.
enum CSVRowError: Error, Equatable, Sendable {
    /// The row holds more bytes than the reader accepts.
    case tooLarge(limit: Int)

    /// A quote inside a field without quotes, or text after a closing quote.
    case misplacedQuote

    /// A quoted field that the text ends in.
    case unterminatedQuote

    /// A field that is not UTF-8.
    case invalidUTF8
}

extension CSVRowError: CustomStringConvertible {
    var description: String {
        switch self {
        case .tooLarge(let limit): "row is larger than \(limit) bytes"
        case .misplacedQuote: "misplaced quote"
        case .unterminatedQuote: "quote is never closed"
        case .invalidUTF8: "not UTF-8"
        }
    }
}
