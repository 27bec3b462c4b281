import CacheServices

/// A price at a time.
struct PricePoint: Equatable, Sendable {
    /// The instant from which the price holds.
    let time: Timestamp

    /// The price of one unit of the base currency, within ``PriceText/range``.
    let price: Double

    /// The number of the line in the file where its row starts, from 1.
    let line: Int
}
