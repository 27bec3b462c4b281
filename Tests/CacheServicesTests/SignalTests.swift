import Testing

@testable import CacheServices

@Suite struct SignalTests {
    static let text =
        #"{"action":"BUY","confidence":0.87,"execution_latency_ms":45,"features":{"macd":-12.4,"rsi_14":61.3},"#
        + #""model_version":"v2.1.0","price":4285.5,"signal_id":"sig-1","symbol":"USDCOP","timestamp":"2025-01-15T10:30:00.000Z"}"#

    static func object(_ changes: KeyValuePairs<String, JSONValue?> = [:]) throws -> JSONValue {
        var members = try #require(try JSONParser.parse(Array(text.utf8)).members)
        for (name, value) in changes {
            let place = members.firstIndex { $0.name == name }
            switch (place, value) {
            case (let place?, let value?): members[place] = JSONValue.Member(name, value)
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(JSONValue.Member(name, value))
            case (nil, nil): break
            }
        }
        return .object(members)
    }

    static func signal(
        id: String = "sig-1", at milliseconds: Int64 = 1_736_937_000_000, _ action: SignalAction = .buy, confidence: Double = 0.87,
        price: Double = 4285.5, features: [String: Double] = ["macd": -12.4, "rsi_14": 61.3], model: String = "v2.1.0", latency: Double = 45
    ) throws -> Signal {
        try Signal(
            signalID: id, timestamp: Timestamp(milliseconds: milliseconds), symbol: "USDCOP", action: action, confidence: confidence,
            price: price, features: features, modelVersion: model, executionLatencyMS: latency
        )
    }

    @Test func readsWhatItWrites() throws {
        let signal = try Signal(strict: Array(Self.text.utf8))
        #expect(try signal == Self.signal())
        #expect(signal.json == Array(Self.text.utf8))
        #expect(try Signal(stored: signal.json) == signal)
    }

    @Test func bytesAreThoseOfTheValue() throws {
        let odd = try Self.signal(
            id: "\"q\\ñ😀", .hold, confidence: 1, price: .leastNonzeroMagnitude,
            features: ["é": 1e21, "z": -0.0, "Z": 0.1])
        #expect(odd.json == JSONWriter.bytes(odd.jsonValue))
        #expect(try Signal(stored: odd.json) == odd)
        #expect(try Self.signal(features: [:]).json == JSONWriter.bytes(Self.signal(features: [:]).jsonValue))
    }

    @Test(
        arguments: [
            ("signal_id", nil, .missing),
            ("signal_id", 7, .wrongType), ("signal_id", "", .outOfRange),
            ("signal_id", .string(String(repeating: "x", count: 129)), .outOfRange),
            ("signal_id", .string(String(repeating: "x", count: 65_536)), .outOfRange),
            ("signal_id", "a\nb", .malformed), ("signal_id", "a\0", .malformed), ("signal_id", "a\u{2028}b", .malformed),
            ("signal_id", "a\u{200B}b", .malformed), ("signal_id", "a\u{202E}b", .malformed), ("signal_id", "\u{7F}", .malformed),
            ("timestamp", nil, .missing), ("timestamp", 1_736_937_000_000, .wrongType), ("timestamp", "2025-02-30T00:00:00Z", .malformed),
            ("timestamp", "٢٠٢٥-٠١-١٥T١٠:٣٠:٠٠Z", .malformed), ("timestamp", .null, .wrongType),
            ("symbol", nil, .missing), ("symbol", "usdcop", .malformed), ("symbol", "USD*", .malformed), ("symbol", "USD:COP", .malformed),
            ("symbol", "USD\nCOP", .malformed), ("symbol", "USD\0", .malformed), ("symbol", ["USDCOP"], .wrongType),
            ("action", nil, .missing), ("action", "buy", .malformed), ("action", "", .malformed), ("action", true, .wrongType),
            ("confidence", nil, .missing), ("confidence", -0.01, .outOfRange), ("confidence", 1.01, .outOfRange),
            ("confidence", "0.5", .wrongType),
            ("confidence", .null, .wrongType),
            ("price", nil, .missing), ("price", 0, .outOfRange), ("price", -1, .outOfRange), ("price", "١٢", .wrongType),
            ("features", nil, .missing), ("features", [], .wrongType), ("features", .null, .wrongType),
            ("model_version", nil, .missing), ("model_version", "", .outOfRange),
            ("model_version", .string(String(repeating: "v", count: 65)), .outOfRange), ("model_version", "v\r1", .malformed),
            ("execution_latency_ms", nil, .missing), ("execution_latency_ms", -1, .outOfRange),
            ("execution_latency_ms", 1_000_000_001, .outOfRange),
            ("execution_latency_ms", [:], .wrongType),
            ("surprise", 1, .unknown),
        ] as [(String, JSONValue?, FieldProblem.Code)])
    func aBadFieldIsRefusedByName(field: String, value: JSONValue?, code: FieldProblem.Code) throws {
        let error = try #require(throws: ValidationError.self) { try Signal(strict: try Self.object([field: value])) }
        #expect(error.problems.map(\.field) == [field])
        #expect(error.problems.map(\.code) == [code])
    }

    @Test(
        arguments: [
            ("rsi", "61", .wrongType), ("rsi", .null, .wrongType), ("rsi", [], .wrongType), ("", 1, .outOfRange), ("a\nb", 1, .malformed),
            (String(repeating: "f", count: 65), 1, .outOfRange),
        ] as [(String, JSONValue, FieldProblem.Code)])
    func aBadFeatureIsRefusedByName(name: String, value: JSONValue, code: FieldProblem.Code) throws {
        let features = JSONValue.object([JSONValue.Member("good", 1), JSONValue.Member(name, value)])
        let error = try #require(throws: ValidationError.self) { try Signal(strict: try Self.object(["features": features])) }
        #expect(error.problems.map(\.code) == [code])
        #expect(error.problems.allSatisfy { $0.field.hasPrefix("features.") && $0.field.utf8.count < 80 && !$0.field.contains("\n") })
    }

    @Test func featuresAreLimitedInNumber() throws {
        let names = (0..<257).map { JSONValue.Member("f\($0)", 1) }
        #expect(throws: Never.self) { try Signal(strict: try Self.object(["features": .object(Array(names.dropLast()))])) }
        let error = try #require(throws: ValidationError.self) { try Signal(strict: try Self.object(["features": .object(names)])) }
        #expect(error.problems.map(\.field) == ["features"])
        let values = Dictionary(uniqueKeysWithValues: names.map { ($0.name, 1.0) })
        #expect(throws: ValidationError.self) { try Self.signal(features: values) }
    }

    @Test func twoSpellingsOfOneFeatureAreADuplicate() throws {
        let features = JSONValue.object([JSONValue.Member("\u{E9}", 1), JSONValue.Member("e\u{301}", 2)])
        let error = try #require(throws: ValidationError.self) { try Signal(strict: try Self.object(["features": features])) }
        #expect(error.problems.map(\.code) == [.duplicate])
    }

    @Test func everythingThatIsWrongIsListed() throws {
        let value: JSONValue = ["price": -1, "action": 7, "symbol": "x", "extra": .null]
        let error = try #require(throws: ValidationError.self) { try Signal(strict: value) }
        #expect(Set(error.problems.map(\.field)).count == 10)
        #expect(error.problems.first { $0.field == "extra" }?.code == .unknown)
        #expect(error.problems.first { $0.field == "price" }?.code == .outOfRange)
        #expect(!error.description.contains("-1"))
    }

    @Test func theListOfProblemsIsBounded() throws {
        let value = JSONValue.object((0..<5_000).map { JSONValue.Member("x\($0)", 1) })
        let error = try #require(throws: ValidationError.self) { try Signal(strict: value) }
        #expect(error.problems.count == ValidationError.maximumProblems)
    }

    @Test(arguments: [JSONValue.null, 1, "signal", [], true])
    func onlyAnObjectIsASignal(value: JSONValue) throws {
        let error = try #require(throws: ValidationError.self) { try Signal(strict: value) }
        #expect(error.problems.first == FieldProblem(field: "", code: .wrongType, sentence: "must be an object"))
    }

    @Test func repeatedNamesAreRefusedHoweverTheValueWasMade() throws {
        let members = try #require(Self.object().members) + [JSONValue.Member("price", 1)]
        let error = try #require(throws: ValidationError.self) { try Signal(strict: .object(members)) }
        #expect(error.problems.map(\.code) == [.duplicate])
        let text = Self.text.dropLast() + #","price":1}"#
        #expect(throws: JSONParseError.self) { try Signal(strict: Array(text.utf8)) }
    }

    @Test func storedSignalsKeepWhatANewerWriterAdded() throws {
        let stored = JSONWriter.bytes(try Self.object(["venue": "SET-FX", "id_ns": .number(JSONNumber(Int64.max)), "aa": [["b": .null]]]))
        let signal = try Signal(stored: stored)
        #expect(signal.unknown.count == 3)
        #expect(signal.json == stored)
        #expect(throws: ValidationError.self) { try Signal(strict: stored) }
    }

    @Test func storedSignalsKeepToTheLimits() throws {
        let bad = JSONWriter.bytes(try Self.object(["price": -1]))
        #expect(throws: ValidationError.self) { try Signal(stored: bad) }
        #expect(throws: JSONParseError.self) { try Signal(stored: Array("{".utf8)) }
        #expect(throws: JSONParseError.self) { try Signal(stored: []) }
        #expect(throws: JSONParseError.self) { try Signal(stored: Array(repeating: UInt8(ascii: "["), count: 100_000)) }
        let repeated = Self.text.dropLast() + #","price":1}"#
        #expect(try Signal(stored: Array(repeated.utf8)).price == 1)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, -1])
    func numbersOutOfRangeAreRefusedInTheProgramToo(value: Double) throws {
        let error = try #require(throws: ValidationError.self) {
            try Self.signal(id: "", confidence: value, price: value, model: "\0", latency: value)
        }
        #expect(error.problems.map(\.field) == ["confidence", "execution_latency_ms", "model_version", "price", "signal_id"])
    }

    @Test func featuresMustBeFiniteInTheProgramToo() throws {
        let error = try #require(throws: ValidationError.self) { try Self.signal(features: ["a": .nan, "b\n": 1, "c": 1]) }
        #expect(error.problems.map(\.field) == ["features.a", "features.b?"])
    }

    @Test func boundsBelongToTheRanges() throws {
        #expect(throws: Never.self) { try Self.signal(id: String(repeating: "😀", count: 128), confidence: 0, latency: 0) }
        #expect(throws: Never.self) { try Self.signal(confidence: 1, price: .greatestFiniteMagnitude, latency: 1e9) }
    }

    @Test func theLatestIsOrderedByTimeThenByName() throws {
        let first = try Self.signal(id: "b", at: 1)
        #expect(first.isOlder(than: try Self.signal(id: "a", at: 2)))
        #expect(first.isOlder(than: try Self.signal(id: "c", at: 1)))
        #expect(!first.isOlder(than: first))
        #expect(!first.isOlder(than: try Self.signal(id: "B", at: 1)))
    }

    @Test func statisticsCountActionsAndModels() throws {
        let signals = [
            try Self.signal(.buy, confidence: 0.5), try Self.signal(.buy, confidence: 0.75),
            try Self.signal(.sell, confidence: 1, model: "v3"),
            try Self.signal(.hold, confidence: 0.75),
        ]
        let json = #"{"avg_confidence":0.75,"buy":2,"by_model":{"v2.1.0":3,"v3":1},"hold":1,"sell":1,"success_rate":0.5,"total":4}"#
        #expect(JSONWriter.bytes(SignalStats(signals, successRate: 0.5).jsonValue) == Array(json.utf8))
    }

    @Test func statisticsOfNothingInventNoNumbers() {
        let json = #"{"avg_confidence":null,"buy":0,"by_model":{},"hold":0,"sell":0,"success_rate":null,"total":0}"#
        #expect(JSONWriter.bytes(SignalStats([]).jsonValue) == Array(json.utf8))
    }
}
