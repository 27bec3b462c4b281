import CacheServices
import Testing

@testable import usdcop

@Suite("Output for people")
struct OutputTests {
    @Test func `columns are aligned`() {
        var table = Table([.left("NAME"), .right("VALUE")])
        table.add(["a", "1"])
        table.add(["longer", "1,000"])
        #expect(table.text(.plain) == "NAME    VALUE\na           1\nlonger  1,000\n")
    }

    @Test func `colours do not disturb the alignment, and plain has none`() {
        var table = Table([.left("A"), .left("B")])
        table.add([Table.Cell("x", .good), "y"])
        #expect(table.text(.coloured).contains("\u{1B}[32mx\u{1B}[0m  y"))
        #expect(!table.text(.plain).contains("\u{1B}"))
    }

    @Test func `stored text cannot drive the terminal or break a row`() {
        #expect(Table.Cell("a\u{1B}[31m\nb\u{202E}").text == "a?[31m?b?")
        #expect(Table.Cell("señal ✓").text == "señal ✓")
    }

    @Test(
        arguments: [
            (4008.7, "4,008.70"), (1_000_000_000, "1,000,000,000.00"), (-2_103_000, "-2,103,000.00"), (0, "0.00"), (1.25, "1.25"),
            (3.14159, "3.1416"),
            (0.000123456789, "0.000123457"), (999.9999, "999.9999"), (1e300, "1e+300"), (.infinity, "inf"), (-12.5, "-12.50"),
        ] as [(Double, String)])
    func `amounts have the decimals that make sense`(value: Double, text: String) {
        #expect(NumberText.amount(value) == text)
    }

    @Test(
        arguments: [(10_000, "10,000"), (41.229311499, "41.229311"), (0.5, "0.5"), (-0.25, "-0.25"), (1e-9, "1e-09"), (1e18, "1e+18")]
            as [(Double, String)])
    func `numbers are short`(value: Double, text: String) {
        #expect(NumberText.plain(value) == text)
    }

    @Test(arguments: [
        (Duration.milliseconds(12), "12 ms"), (.seconds(59), "59.0 s"), (.seconds(600), "10.0 min"), (.seconds(10_000), "2.8 h"),
        (.seconds(86_400 * 457), "457.0 d"),
    ])
    func `durations have one unit`(duration: Duration, text: String) {
        #expect(NumberText.duration(duration) == text)
    }

    @Test func `absent figures are dashes`() {
        #expect(NumberText.percent(nil) == "–")
        #expect(NumberText.percent(0.823) == "82.3%")
        #expect(NumberText.integer(-1234) == "-1,234")
    }

    @Test func `the bar shows how far it is, whatever the numbers`() {
        #expect(ProgressBar.line("x", 4049, 8098, elapsed: .seconds(2)).contains("50%  4,049/8,098  2,024/s"))
        #expect(ProgressBar.line("x", 10, 0, elapsed: .zero).contains("100%"))
        #expect(ProgressBar.line("x", -5, 10, elapsed: .seconds(1)).contains("0%"))
    }
}
