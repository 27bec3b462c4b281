import Testing

@testable import CacheServices

@Suite struct SymbolTests {
    static let alwaysBad = [
        "", " ", "*", "?", "[A]", "USD:COP\n", "USD\nCOP", "USDCOP\r", "USD\0COP", "\0", "USDCOP\u{2028}", "١٢٣", "ＵＳＤ",
        "É", "😀", "A\u{301}",
        "a$b", "a'b", "a\"b", "a\\b", "a,b", "a;b", "../x*", "%2F", String(repeating: "A", count: 65_536),
    ]

    @Test(arguments: ["A", "0", "USDCOP", "USD/COP", "USD.COP_1-X", "4H", String(repeating: "Z", count: 32)])
    func symbolsMatchTheirPattern(text: String) throws {
        #expect(try Symbol(text).description == text)
    }

    @Test(arguments: alwaysBad + ["usdcop", "USDcOP", ".A", "_A", "-A", "/A", "USD COP", "USD:COP", String(repeating: "A", count: 33)])
    func whatIsNoSymbolIsRefusedWithoutRepeatingIt(text: String) {
        #expect(throws: ValidationError(field: "symbol", code: .malformed, sentence: Symbol.sentence)) { try Symbol(text) }
    }

    @Test(arguments: ["a", "Sharpe ratio", "desk:pnl/1d", "A.b_c-d", " ", String(repeating: "x", count: 64)])
    func metricNamesMatchTheirPattern(text: String) throws {
        #expect(try MetricName(text).description == text)
    }

    @Test(arguments: alwaysBad.filter { $0 != " " } + ["a*b", "a\tb", "a{b}", String(repeating: "x", count: 65)])
    func whatIsNoMetricNameIsRefused(text: String) {
        #expect(throws: ValidationError(field: "name", code: .malformed, sentence: NamePattern.sentence)) { try MetricName(text) }
    }

    @Test(arguments: ["usdcop", "{usdcop}", "t-1_{x}", "0", "{", String(repeating: "a", count: 32)])
    func namespacesMatchTheirPattern(text: String) throws {
        #expect(try Namespace(text).description == text)
    }

    @Test(arguments: alwaysBad + ["USDCOP", "_a", "-a", "a:b", "a.b", "a b", "a*", String(repeating: "a", count: 33)])
    func whatIsNoNamespaceIsRefused(text: String) {
        #expect(throws: ValidationError(field: "namespace", code: .malformed, sentence: Namespace.sentence)) { try Namespace(text) }
    }

    @Test func literalsAreNames() {
        let symbol: Symbol = "USDCOP"
        let name: MetricName = "desk pnl"
        #expect(symbol.rawValue == "USDCOP")
        #expect(name.rawValue == "desk pnl")
        #expect(Namespace.standard.rawValue == "usdcop")
        #expect(Symbol("BRL") < Symbol("COP"))
    }
}
