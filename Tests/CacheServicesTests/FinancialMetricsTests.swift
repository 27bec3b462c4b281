import Testing

@testable import CacheServices

@Suite struct FinancialMetricsTests {
    static let full =
        #"{"active_positions":2,"max_drawdown":-0.12,"portfolio_value":1000000,"sharpe_ratio":1.5,"#
        + #""timestamp":"2025-01-15T10:30:00.000Z","total_pnl":-250.5,"total_trades":40,"win_rate":0.55}"#
    static let bare = #"{"timestamp":"2025-01-15T10:30:00.000Z"}"#
    static let badFields: [(String, JSONValue, FieldProblem.Code)] = [
        ("active_positions", -1, .outOfRange), ("active_positions", 1.5, .outOfRange), ("active_positions", "2", .wrongType),
        ("total_trades", 1e300, .outOfRange), ("total_trades", -1e300, .outOfRange), ("total_trades", 9_007_199_254_740_992, .outOfRange),
        ("total_trades", .null, .wrongType), ("max_drawdown", "x", .wrongType), ("portfolio_value", [], .wrongType),
        ("sharpe_ratio", .null, .wrongType), ("total_pnl", true, .wrongType), ("win_rate", 1.01, .outOfRange),
        ("win_rate", -0.01, .outOfRange),
        ("win_rate", .null, .wrongType), ("timestamp", .null, .wrongType), ("timestamp", "yesterday", .malformed), ("pnl", 1, .unknown),
    ]

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(arguments: [full, bare])
    func readsWhatItWritesAndAbsentStaysAbsent(text: String) throws {
        let metrics = try FinancialMetrics(strict: Self.bytes(text))
        #expect(metrics.json == Self.bytes(text))
        #expect(try FinancialMetrics(stored: metrics.json) == metrics)
    }

    @Test func theTimeIsRequired() throws {
        let error = try #require(throws: ValidationError.self) { try FinancialMetrics(strict: ["win_rate": 0.5] as JSONValue) }
        #expect(error.problems.map(\.code) == [.missing])
        #expect(error.problems.map(\.field) == ["timestamp"])
    }

    @Test(arguments: badFields)
    func aBadFieldIsRefusedByName(field: String, value: JSONValue, code: FieldProblem.Code) throws {
        let whole: JSONValue = field == "timestamp" ? [:] : ["timestamp": "2025-01-15T10:30:00Z"]
        let members = (whole.members ?? []) + [JSONValue.Member(field, value)]
        for error in [
            try #require(throws: ValidationError.self) { try FinancialMetrics(strict: .object(members)) },
            try #require(throws: ValidationError.self) { try FinancialMetricsUpdate(strict: .object([JSONValue.Member(field, value)])) },
        ] {
            #expect(error.problems.map(\.field) == [field])
            #expect(error.problems.map(\.code) == [code])
        }
    }

    @Test func anIntegerMayBeWrittenWithAZeroFraction() throws {
        #expect(try FinancialMetricsUpdate(strict: Self.bytes(#"{"total_trades":45.0}"#)).totalTrades == 45)
    }

    @Test func storedNullsCountAsAbsentAndNewFieldsAreKept() throws {
        let stored = #"{"sharpe_ratio":null,"timestamp":"2025-01-15T10:30:00Z","var_95":[1]}"#
        let metrics = try FinancialMetrics(stored: Self.bytes(stored))
        #expect(metrics.sharpeRatio == nil)
        #expect(metrics.json == Self.bytes(#"{"timestamp":"2025-01-15T10:30:00.000Z","var_95":[1]}"#))
        #expect(throws: ValidationError.self) { try FinancialMetrics(stored: Self.bytes(#"{"timestamp":null}"#)) }
    }

    @Test func numbersOutOfRangeAreRefusedInTheProgramToo() throws {
        let error = try #require(throws: ValidationError.self) {
            try FinancialMetrics(timestamp: .now, totalPnL: .nan, winRate: 2, maxDrawdown: .infinity, totalTrades: -1)
        }
        #expect(error.problems.map(\.field) == ["max_drawdown", "total_pnl", "total_trades", "win_rate"])
    }

    @Test(arguments: ["{}", "[]", "null", "1"])
    func anUpdateThatChangesNothingIsRefused(text: String) {
        #expect(throws: ValidationError.self) { try FinancialMetricsUpdate(strict: Self.bytes(text)) }
        #expect(throws: ValidationError.self) { try FinancialMetricsUpdate() }
    }

    @Test func anUpdateLeavesWhatItDoesNotName() throws {
        let metrics = try FinancialMetrics(stored: Self.bytes(Self.full.dropLast() + #","zz":1}"#))
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let updated = try FinancialMetricsUpdate(winRate: 0, totalTrades: 41).applied(to: metrics, now: now)
        #expect(updated.timestamp == now)
        #expect(updated.winRate == 0)
        #expect(updated.totalTrades == 41)
        #expect(updated.totalPnL == -250.5)
        #expect(updated.unknown == metrics.unknown)
    }

    @Test func anUpdateOfNothingInventsNoZeros() throws {
        let given = Timestamp(milliseconds: 5)
        let metrics = try FinancialMetricsUpdate(timestamp: given, totalPnL: 1).applied(to: nil, now: .now)
        #expect(metrics.json == Self.bytes(#"{"timestamp":"1970-01-01T00:00:00.005Z","total_pnl":1}"#))
    }
}
