import CacheServices
import Testing

@testable import usdcop

@Suite("A price history")
struct PriceHistoryTests {
    @Test("is in the order of time, though the file is newest first", arguments: [1, 3, 1000])
    func order(chunk: Int) throws {
        let history = try Self.read(
            """
            "VALOR","UNIDAD","VIGENCIADESDE","VIGENCIAHASTA"
            "$4,321.10","COP","14/03/2023","14/03/2023"
            "$4,298.75","COP","11/03/2023","13/03/2023"
            "$987.65","COP","10/03/2023","10/03/2023"
            """, chunk: chunk)
        #expect(history.points.map(\.price) == [987.65, 4298.75, 4321.10])
        #expect(history.points.map(\.time.iso8601) == ["10", "11", "14"].map { "2023-03-\($0)T05:00:00.000Z" })
        #expect(history.points.map(\.line) == [4, 3, 2])
        #expect(history.rowCount == 3)
        #expect(history.badRowCount == 0)
        #expect(history.duplicateCount == 0)
    }

    @Test("reports bad rows by line and goes on")
    func badRows() throws {
        let history = try Self.read(
            """
            "VALOR","UNIDAD","VIGENCIADESDE","VIGENCIAHASTA"
            "$4,321.10","COP","14/03/2023","14/03/2023"
            "n/a","COP","13/03/2023","13/03/2023"
            "$0.00","COP","12/03/2023","12/03/2023"
            "$4,300.00","COP","31/02/2023","11/03/2023"
            "$4,300.00","COP","","11/03/2023"
            $4,300.00,COP,11/03/2023,11/03/2023
            "$4,300.00","COP"

            "$4,300.00,"COP","09/03/2023","09/03/2023"
            "$4,290.00","COP","08/03/2023","08/03/2023"
            """)
        #expect(history.points.map(\.price) == [4290, 4321.10])
        #expect(
            history.badRows == [
                .init(line: 3, reason: .price(.malformed)),
                .init(line: 4, reason: .price(.notPositive)),
                .init(line: 5, reason: .time(.impossible)),
                .init(line: 6, reason: .time(.malformed)),
                .init(line: 7, reason: .fieldCount(expected: 4, found: 5)),
                .init(line: 8, reason: .fieldCount(expected: 4, found: 2)),
                .init(line: 10, reason: .unreadable(.misplacedQuote)),
            ])
        #expect(history.badRowCount == 7)
        #expect(history.rowCount == 9)
    }

    @Test("keeps the last row of the file for a time, and counts the others")
    func duplicates() throws {
        let history = try Self.read("date,close\n2023-03-11,1.5\n2023-03-10,2.5\n2023-03-11,3.5\n11/03/2023,4.5\n")
        #expect(history.points.map(\.price) == [2.5, 4.5])
        #expect(history.duplicateCount == 2)
    }

    @Test("lists a bounded number of bad rows and counts them all")
    func manyBadRows() throws {
        let history = try Self.read("date,close\n" + String(repeating: "x,1\n", count: 2500))
        #expect(history.badRows.count == PriceHistory.badRowListLimit)
        #expect(history.badRowCount == 2500)
        #expect(history.badRows.last?.line == 1001)
    }

    @Test("may have more or fewer fields in a row if they are empty")
    func emptyFields() throws {
        let history = try Self.read("date,close,note\n2023-03-10,1.5\n2023-03-11,2.5,,,\n")
        #expect(history.points.map(\.price) == [1.5, 2.5])
    }

    @Test(
        "reads a price that can mean two things as the rest of the file is written",
        arguments: [
            ("4.008,70", "4.010", 4010), ("4.008,70", "\"4,010\"", 4.010), ("4.008.700", "4.010", 4010),
            ("4008.70", "4.010", 4.010), ("4008.70", "\"4,010\"", 4010), ("\"4,008.70\"", "\"4,010\"", 4010),
            ("4008", "4.010", 4.010), ("4008", "\"4,010\"", 4010),
        ])
    func decimalMark(other: String, text: String, price: Double) throws {
        let other = other.contains(",") && !other.hasPrefix("\"") ? "\"\(other)\"" : other
        for rows in ["10/03/2023,\(other)\n11/03/2023,\(text)\n", "11/03/2023,\(text)\n10/03/2023,\(other)\n"] {
            let history = try Self.read("date,close\n" + rows)
            #expect(history.points.last?.price == price)
        }
    }

    @Test("refuses a price that can mean two things if the file writes decimals in both ways")
    func mixedMarks() throws {
        let history = try Self.read("date,close\n2023-03-10,4.010\n2023-03-11,\"4008,70\"\nx,1\n2023-03-12,4008.70\n")
        #expect(history.points.map(\.price) == [4008.70, 4008.70])
        #expect(history.badRows == [.init(line: 2, reason: .ambiguousPrice), .init(line: 4, reason: .time(.malformed))])
        #expect(history.badRowCount == 2)
    }

    @Test(
        "finds its columns by header",
        arguments: [
            "Date,Close", " TIME ,\"Price\"", "timestamp,value", "\u{FEFF}vigenciadesde,VALOR", "\"Date\",close\r",
        ])
    func columns(header: String) throws {
        #expect(try Self.read("\(header)\n2023-03-10,4008.5\n").points.map(\.price) == [4008.5])
    }

    @Test("prefers the close to other prices, and columns that were named to all")
    func preferredColumns() throws {
        let text = "Price,Settled,Date,Close,Mid\n1.5,2023-03-10,2023-03-11,2.5,3.5\n"
        #expect(try Self.read(text).points.map(\.price) == [2.5])
        let named = try Self.read(text, timeColumn: " settled", priceColumn: "MID")
        #expect(named.points.map(\.price) == [3.5])
        #expect(named.points.map(\.time.iso8601) == ["2023-03-10T05:00:00.000Z"])
    }

    @Test(
        "needs a time and a price column, and says which columns there are",
        arguments: [
            ("day,close", nil, .missing, .time), ("date,rate", nil, .missing, .price), ("date,close", "rate", .missing, .price),
            ("date,close,CLOSE", nil, .repeated, .price), ("Date, date,close", nil, .repeated, .time),
        ] as [(String, String?, PriceColumnsError.Code, PriceColumnsError.Role)])
    func missingColumns(header: String, priceColumn: String?, code: PriceColumnsError.Code, role: PriceColumnsError.Role) throws {
        let error = #expect(throws: PriceHistoryError.self) {
            try Self.read("\(header)\n1,2\n", chunk: 1, priceColumn: priceColumn)
        }
        guard case .columns(let columns) = error else {
            Issue.record("\(String(describing: error)) is not about columns")
            return
        }
        #expect(columns.code == code)
        #expect(columns.role == role)
        #expect(columns.available == header.split(separator: ",").map(String.init))
    }

    @Test("shows a header of any size and content in one bounded line")
    func hostileHeader() {
        let header = Array(repeating: String(repeating: "a\u{1B}\n\u{202E}", count: 100), count: 500)
        let error = PriceColumnsError(code: .missing, role: .time, wanted: ["time"], available: header)
        #expect(error.description.count < 1200)
        #expect(!error.description.unicodeScalars.contains { $0.value < 32 || $0 == "\u{202E}" })
    }

    @Test(
        "needs a header that can be read",
        arguments: [("", PriceHistoryError.empty), ("\n\n", .empty), ("a\"b,c\n", .header(.misplacedQuote))])
    func unusableHeader(text: String, error: PriceHistoryError) {
        #expect(throws: error) { try Self.read(text) }
    }

    @Test("stays refused once its header was")
    func refusedForGood() throws {
        var reader = PriceHistoryReader()
        #expect(throws: PriceHistoryError.self) { try reader.feed(Array("a,b\n".utf8)) }
        #expect(throws: PriceHistoryError.self) { try reader.feed(Array("date,close\n".utf8)) }
        #expect(throws: PriceHistoryError.self) { try reader.finish() }
    }

    private static func read(
        _ text: String, chunk: Int = 16, timeColumn: String? = nil, priceColumn: String? = nil
    ) throws -> PriceHistory {
        var reader = PriceHistoryReader(timeColumn: timeColumn, priceColumn: priceColumn)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try reader.feed(rest.prefix(chunk))
            rest = rest.dropFirst(chunk)
        }
        return try reader.finish()
    }
}
