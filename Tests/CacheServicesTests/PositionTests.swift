import Testing

@testable import CacheServices

@Suite struct PositionTests {
    static let value: JSONValue = [
        "current_price": 4290, "entry_price": 4285.5, "entry_time": "2025-01-15T10:30:00.000Z", "pnl": 450, "pnl_percent": 0.105,
        "position_id": "pos-1", "quantity": 100, "status": "OPEN", "symbol": "USDCOP",
    ]

    static func changed(_ name: String, _ value: JSONValue?) -> JSONValue {
        let others = (Self.value.members ?? []).filter { $0.name != name }
        return .object(others + (value.map { [JSONValue.Member(name, $0)] } ?? []))
    }

    static func position(pnl: Double) throws -> Position {
        try Position(
            positionID: "p", symbol: "USDCOP", entryPrice: 1, currentPrice: 1, quantity: -1, pnl: pnl, pnlPercent: 0, entryTime: .now,
            status: .open)
    }

    @Test func readsWhatItWrites() throws {
        let bytes = JSONWriter.bytes(Self.value)
        let position = try Position(strict: bytes)
        #expect(position.json == bytes)
        #expect(position.quantity == 100)
        #expect(try Position(stored: bytes) == position)
    }

    @Test(
        arguments: [
            ("current_price", 0, .outOfRange), ("current_price", nil, .missing), ("current_price", "1", .wrongType),
            ("entry_price", -4285.5, .outOfRange), ("entry_price", nil, .missing),
            ("entry_time", "2025-02-29T00:00:00Z", .malformed), ("entry_time", nil, .missing), ("entry_time", 0, .wrongType),
            ("pnl", "450", .wrongType), ("pnl", nil, .missing), ("pnl", .null, .wrongType),
            ("pnl_percent", true, .wrongType), ("pnl_percent", nil, .missing),
            ("position_id", "", .outOfRange), ("position_id", "a\tb", .malformed), ("position_id", nil, .missing),
            ("position_id", .string(String(repeating: "p", count: 65_536)), .outOfRange),
            ("quantity", 0, .outOfRange), ("quantity", -0.0, .outOfRange), ("quantity", nil, .missing), ("quantity", [100], .wrongType),
            ("status", "open", .malformed), ("status", nil, .missing), ("status", 1, .wrongType),
            ("symbol", "USD?", .malformed), ("symbol", "١", .malformed), ("symbol", nil, .missing),
            ("note", "x", .unknown),
        ] as [(String, JSONValue?, FieldProblem.Code)])
    func aBadFieldIsRefusedByName(field: String, value: JSONValue?, code: FieldProblem.Code) throws {
        let error = try #require(throws: ValidationError.self) { try Position(strict: Self.changed(field, value)) }
        #expect(error.problems.map(\.field) == [field])
        #expect(error.problems.map(\.code) == [code])
    }

    @Test func numbersBeyondDoubleAreRefused() {
        let text = String(decoding: JSONWriter.bytes(Self.value), as: UTF8.self).replacing("\"pnl\":450", with: "\"pnl\":1e999")
        #expect(throws: JSONParseError.self) { try Position(strict: Array(text.utf8)) }
    }

    @Test(arguments: [Double.nan, .infinity])
    func numbersOutOfRangeAreRefusedInTheProgramToo(bad: Double) throws {
        let error = try #require(throws: ValidationError.self) {
            try Position(
                positionID: "\n", symbol: "USDCOP", entryPrice: bad, currentPrice: bad, quantity: bad, pnl: bad, pnlPercent: bad,
                entryTime: .now, status: .closed)
        }
        #expect(error.problems.map(\.field) == ["current_price", "entry_price", "pnl", "pnl_percent", "position_id", "quantity"])
    }

    @Test func storedPositionsKeepWhatANewerWriterAdded() throws {
        let bytes = JSONWriter.bytes(Self.changed("desk", "BOG"))
        #expect(try Position(stored: bytes).json == bytes)
    }

    @Test func aggregatesAddUpAndCount() throws {
        let sums = AggregatePositionMetrics(try [100, -40, 0, 20].map(Self.position))
        let json = #"{"losing_positions":1,"profitable_positions":2,"total_pnl":80,"total_positions":4,"win_rate":0.5}"#
        #expect(JSONWriter.bytes(sums.jsonValue) == Array(json.utf8))
    }

    @Test func aggregatesOfNothingHaveNoWinRate() {
        let json = #"{"losing_positions":0,"profitable_positions":0,"total_pnl":0,"total_positions":0,"win_rate":null}"#
        #expect(JSONWriter.bytes(AggregatePositionMetrics([]).jsonValue) == Array(json.utf8))
    }

    @Test func aSumBeyondDoubleIsNotWrittenAsANumber() throws {
        let sums = AggregatePositionMetrics(try [1.7e308, 1.7e308].map(Self.position))
        #expect(sums.jsonValue["total_pnl"] == .null)
    }
}
