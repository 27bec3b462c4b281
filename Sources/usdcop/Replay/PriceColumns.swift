/// Which columns of a price file hold the time and the price.
struct PriceColumns: Equatable, Sendable {
    /// The headers that mean a time, the preferred first. `vigenciadesde` is that of the official rate (TRM).
    static let timeNames = ["time", "date", "timestamp", "vigenciadesde"]

    /// The headers that mean a price, the preferred first. `valor` is that of the official rate (TRM).
    static let priceNames = ["close", "price", "value", "valor"]

    /// The index of the column with the time.
    let time: Int

    /// The index of the column with the price.
    let price: Int

    /// The number of columns that the header names.
    let count: Int

    /// Finds the columns in a header row. Case and surrounding space do not matter.
    ///
    /// - Parameters:
    ///   - header: the fields of the header row.
    ///   - timeColumn: the name that the column with the time has; nil looks for ``timeNames``.
    ///   - priceColumn: the name that the column with the price has; nil looks for ``priceNames``.
    /// - Throws: ``PriceColumnsError`` if a column is missing, or if two bear the name.
    init(header: [String], timeColumn: String? = nil, priceColumn: String? = nil) throws(PriceColumnsError) {
        let names = header.map(Self.normalized)
        time = try Self.index(of: timeColumn.map { [$0] } ?? Self.timeNames, in: names, role: .time, header: header)
        price = try Self.index(of: priceColumn.map { [$0] } ?? Self.priceNames, in: names, role: .price, header: header)
        count = header.count
    }

    private static func index(
        of wanted: [String], in names: [String], role: PriceColumnsError.Role, header: [String]
    ) throws(PriceColumnsError) -> Int {
        for name in wanted.map(normalized) {
            guard let index = names.firstIndex(of: name) else { continue }
            guard names.lastIndex(of: name) == index else {
                throw PriceColumnsError(code: .repeated, role: role, wanted: wanted, available: header)
            }
            return index
        }
        throw PriceColumnsError(code: .missing, role: role, wanted: wanted, available: header)
    }

    private static func normalized(_ name: String) -> String {
        let isSpace = { (character: Character) in character.isWhitespace }
        let start = name.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }
        return end.map { start[...$0].lowercased() } ?? ""
    }
}
