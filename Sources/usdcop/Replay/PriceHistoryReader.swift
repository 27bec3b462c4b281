/// Makes a ``PriceHistory`` of the bytes of a CSV file, chunk by chunk.
///
/// The first row is the header. A row that cannot be used is noted and passed over. Of the file it keeps one
/// ``PricePoint`` per row.
///
/// Prices like `4.008` and `4,008` (see ``PriceText``) follow the rest of the file: where other prices have decimal
/// commas and none has a decimal point, the comma is the mark; where both occur, such a price is a bad row; else the point
/// is the mark, as programs write it.
struct PriceHistoryReader: Sendable {
    private let timeColumn: String?
    private let priceColumn: String?
    private var rows: CSVRowReader
    private var columns: PriceColumns?
    private var failure: PriceHistoryError?

    private var rowCount = 0
    private var points: [PricePoint] = []
    private var badRows: [PriceHistory.BadRow] = []
    private var badRowCount = 0
    private var hasDecimalPoint = false
    private var hasDecimalComma = false
    /// The indices of the points whose price can be read in two ways, with the price if the comma is the mark.
    private var ambiguous: [(index: Int, ifComma: Double)] = []

    /// - Parameters:
    ///   - timeColumn: the name of the column with the time; nil looks for ``PriceColumns/timeNames``.
    ///   - priceColumn: the name of the column with the price; nil looks for ``PriceColumns/priceNames``.
    ///   - rowLimit: the greatest number of bytes in a row.
    init(timeColumn: String? = nil, priceColumn: String? = nil, rowLimit: Int = CSVRowReader.defaultRowLimit) {
        self.timeColumn = timeColumn
        self.priceColumn = priceColumn
        rows = CSVRowReader(rowLimit: rowLimit)
    }

    /// Takes the next bytes of the file.
    ///
    /// - Throws: ``PriceHistoryError`` as soon as the header row proves unusable, and from then on.
    mutating func feed(_ bytes: some Collection<UInt8>) throws(PriceHistoryError) {
        if let failure { throw failure }
        try take(rows.feed(bytes))
    }

    /// Ends the file. The reader is used up.
    ///
    /// - Throws: ``PriceHistoryError`` if the file has no usable header row.
    consuming func finish() throws(PriceHistoryError) -> PriceHistory {
        if let failure { throw failure }
        try take(rows.finish())
        guard columns != nil else { throw .empty }
        resolveAmbiguousPrices()
        points.sort { ($0.time, $0.line) < ($1.time, $1.line) }
        var unique: [PricePoint] = []
        unique.reserveCapacity(points.count)
        for point in points {
            if unique.last?.time == point.time { unique.removeLast() }
            unique.append(point)
        }
        return PriceHistory(
            points: unique, rowCount: rowCount, badRows: badRows, badRowCount: badRowCount,
            duplicateCount: points.count - unique.count)
    }

    private mutating func take(_ rows: [CSVRow]) throws(PriceHistoryError) {
        for row in rows {
            if let columns {
                rowCount += 1
                do throws(PriceHistory.Reason) {
                    try take(row, columns: columns)
                } catch {
                    note(PriceHistory.BadRow(line: row.line, reason: error))
                }
            } else {
                do throws(PriceHistoryError) {
                    columns = try header(row)
                } catch {
                    failure = error
                    throw error
                }
            }
        }
    }

    private func header(_ row: CSVRow) throws(PriceHistoryError) -> PriceColumns {
        switch row.fields {
        case .failure(let error): throw .header(error)
        case .success(let fields):
            do throws(PriceColumnsError) {
                return try PriceColumns(header: fields, timeColumn: timeColumn, priceColumn: priceColumn)
            } catch {
                throw .columns(error)
            }
        }
    }

    private mutating func take(_ row: CSVRow, columns: PriceColumns) throws(PriceHistory.Reason) {
        let fields = try row.fields.mapError(PriceHistory.Reason.unreadable).get()
        // An unquoted "4,008.70" would shift the columns: only empty fields may be too many or missing.
        let found = (fields.lastIndex { !$0.isEmpty } ?? -1) + 1
        guard found <= columns.count, fields.count > max(columns.time, columns.price) else {
            throw .fieldCount(expected: columns.count, found: fields.count)
        }
        let time = try Result { () throws(DateTextError) in try DateText.instant(fields[columns.time]) }
            .mapError(PriceHistory.Reason.time).get()
        let price = try Result { () throws(PriceTextError) in try PriceText(fields[columns.price]) }
            .mapError(PriceHistory.Reason.price).get()
        switch price {
        case .number(_, .point): hasDecimalPoint = true
        case .number(_, .comma): hasDecimalComma = true
        case .number(_, nil): break
        case .ambiguous(_, let ifComma): ambiguous.append((points.count, ifComma))
        }
        points.append(PricePoint(time: time, price: price.value(decimalMark: .point), line: row.line))
    }

    private mutating func resolveAmbiguousPrices() {
        guard hasDecimalComma, !ambiguous.isEmpty else { return }
        if hasDecimalPoint {
            for (index, _) in ambiguous {
                note(PriceHistory.BadRow(line: points[index].line, reason: .ambiguousPrice))
            }
            badRows.sort { $0.line < $1.line }
            let indices = Set(ambiguous.map(\.index))
            points = points.indices.filter { !indices.contains($0) }.map { points[$0] }
        } else {
            for (index, ifComma) in ambiguous {
                points[index] = PricePoint(time: points[index].time, price: ifComma, line: points[index].line)
            }
        }
    }

    private mutating func note(_ row: PriceHistory.BadRow) {
        badRowCount += 1
        if badRows.count < PriceHistory.badRowListLimit { badRows.append(row) }
    }
}
