import Testing

@testable import usdcop

@Suite("A price text")
struct PriceTextTests {
    @Test(
        "is read with the decimal mark that it shows",
        arguments: [
            ("$4,008.70", 4008.70, .point), ("4008.70", 4008.70, .point), ("4,008.70", 4008.70, .point),
            ("4.008,70", 4008.70, .comma), ("4008,70", 4008.70, .comma), ("$ 4.008,7", 4008.7, .comma),
            ("620.62", 620.62, .point), ("620,62", 620.62, .comma), ("4 008,70", 4008.70, .comma),
            ("4 008.700", 4008.7, .point), ("4\u{A0}008,70", 4008.70, .comma), ("4\u{202F}008,70", 4008.70, .comma),
            ("1,234,567.5", 1_234_567.5, .point), ("1.234.567,5", 1_234_567.5, .comma),
            ("1,234,567", 1_234_567, .point), ("1.234.567", 1_234_567, .comma),
            ("4008.125", 4008.125, .point), ("0.125", 0.125, .point), ("0,125", 0.125, .comma),
            ("1.0855", 1.0855, .point), ("4.008,125", 4008.125, .comma),
        ] as [(String, Double, PriceText.DecimalMark)])
    func marked(text: String, value: Double, mark: PriceText.DecimalMark) throws {
        #expect(try PriceText(text) == .number(value, mark: mark))
    }

    @Test(
        "needs no decimal mark",
        arguments: [
            ("4008", 4008), (" 4008\t", 4008), ("+4008", 4008), ("$4008", 4008), ("COP 4008", 4008), ("4008 COP", 4008),
            ("COP$4008", 4008), ("COL$ 4008", 4008), ("$+4008", 4008), ("4 008 125", 4_008_125), ("0004008", 4008),
        ] as [(String, Double)])
    func whole(text: String, value: Double) throws {
        #expect(try PriceText(text) == .number(value, mark: nil))
    }

    @Test("with one mark before three digits can be read in two ways")
    func ambiguous() throws {
        #expect(try PriceText("4.008") == .ambiguous(ifPoint: 4.008, ifComma: 4008))
        #expect(try PriceText("$4,008") == .ambiguous(ifPoint: 4008, ifComma: 4.008))
        #expect(try PriceText("4.008").value(decimalMark: .point) == 4.008)
        #expect(try PriceText("4.008").value(decimalMark: .comma) == 4008)
        #expect(try PriceText("4008,7").value(decimalMark: .point) == 4008.7)
    }

    @Test(
        "is refused if it is no number",
        arguments: [
            "", " ", "$", "COP", "-", "abc", "4008x", "nan", "inf", "Infinity", "1e3", "0x1F", ".5", "5.", "4,", ",4",
            "4..008", "4,,008", "4,0,08.70", "40,08.70", "4,008.70.1", "4.008,70,1", "4,0081.70", "0,008.70", "4008 7", "4 008 7",
            "4008.7 5", "--4", "+-4", "$$4", "COP COP 4", "4008€", "４００８", "٤٠٠٨", "4008\n", "4\u{0}", "1,234.567 890",
            String(repeating: "1", count: 65),
        ])
    func malformed(text: String) {
        #expect(throws: PriceTextError.malformed) { try PriceText(text) }
    }

    @Test("is refused if it is not above zero", arguments: ["0", "0.00", "0,000", "-4008.70", "-$4,008.70", "$-4,008.70", "-0"])
    func notPositive(text: String) {
        #expect(throws: PriceTextError.notPositive) { try PriceText(text) }
    }

    @Test("is refused if no currency costs that", arguments: ["1000000000001", "0.0000000001", String(repeating: "9", count: 60)])
    func outOfRange(text: String) {
        #expect(throws: PriceTextError.outOfRange) { try PriceText(text) }
    }
}
